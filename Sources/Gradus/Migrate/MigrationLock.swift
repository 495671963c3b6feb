import Foundation
import GradusSQL

/// The right to migrate one physical database, held by one process at a time.
///
/// On SQLite it is the kernel's lock on a file beside the database. On PostgreSQL it is a transaction's advisory lock
/// on a connection of its own: unlike a session's it also holds through a pooler in transaction mode. Both go with
/// their holder. It is polled, since waiting inside PostgreSQL for it would deadlock with CREATE INDEX CONCURRENTLY.
enum MigrationLock: Sendable {
  case file(FileLock)
  case advisory(Session)

  enum Attempt {
    case acquired(MigrationLock)
    case held(by: String)
  }

  /// The two halves of the advisory lock's key: "grad" and "migr".
  private static let key: [SQLValue] = [0x6772_6164, 0x6D69_6772]

  /// - Returns: nil where there is nobody to keep off.
  static func tryAcquire(fileOf driver: any Driver) throws -> Attempt? {
    guard let path = driver.lockFile else { return nil }
    switch try FileLock.tryAcquire(path: path, holder: ProcessIdentity.lockHolder) {
    case .acquired(let lock): return .acquired(.file(lock))
    case .held(let holder): return .held(by: holder)
    }
  }

  /// - Parameter session: the lock's own from then on, where it is acquired; otherwise left as it was.
  static func tryAcquire(over session: Session) async throws -> Attempt {
    let holder: String? = try await session.run { connection in
      // At a higher level, which may be the database's default, the query's snapshot would be kept to the end.
      try connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED")
      let isOurs =
        try connection.queryRow("SELECT pg_try_advisory_xact_lock($1, $2)", key)?[0].boolean ?? false
      guard isOurs else {
        defer { connection.restore("ROLLBACK") }
        return try holderName(connection)
      }
      try connection.execute(noticeGoneHolders)
      try settle(connection)
      return nil
    }
    return holder.map { .held(by: $0) } ?? .acquired(.advisory(session))
  }

  /// The last statement before the transaction is left open. It also replaces the query's portal: its snapshot would be
  /// kept as long, and CREATE INDEX CONCURRENTLY in a delta waits for all older snapshots.
  private static func settle(_ connection: Connection) throws {
    try connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
  }

  /// So that the server notices within a minute that the holder's host is gone, which by default takes hours; and does not
  /// end what is open on purpose.
  private static let noticeGoneHolders = """
    SELECT set_config('tcp_keepalives_idle', '30', true), set_config('tcp_keepalives_interval', '10', true),
      set_config('tcp_keepalives_count', '3', true), set_config('tcp_user_timeout', '60000', true),
      (\(AdvisoryHold.liftTransactionTimeout))
    """

  /// Makes sure that it is still held: what comes next could meet another process that migrates.
  ///
  /// - Throws: `GradusError` with code `lockLost`.
  func check() async throws {
    guard case .advisory(let session) = self else { return }
    do {
      try await session.run { connection in
        guard connection.isInTransaction else { throw SQLError(.connectionLost, "its transaction has ended") }
        try Self.settle(connection)
      }
    } catch let error as SQLError where error.code != .cancelled {
      throw GradusError(
        .lockLost, "the right to migrate was lost with the connection that held it",
        hint: "run again: what is done is kept, and the rest goes on from there", cause: error)
    }
  }

  private static func holderName(_ connection: Connection) throws -> String {
    let row = try connection.queryRow(
      """
      SELECT a.application_name, a.pid::text, coalesce(a.client_hostname, host(a.client_addr), 'a local socket'),
        to_char(a.xact_start, 'YYYY-MM-DD HH24:MI:SS TZ')
      FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
      WHERE l.locktype = 'advisory' AND l.granted AND l.classid = $1 AND l.objid = $2 AND l.objsubid = 2
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      """, key)
    guard let row else { return "a process that has just ended" }
    return
      "\(row[0].text ?? ""), server process \(row[1].text ?? "?") from \(row[2].text ?? "?"), since \(row[3].text ?? "?")"
  }

  func release() async {
    switch self {
    case .file(let lock): lock.release()
    case .advisory(let session): await session.settle { _ = try $0.execute("ROLLBACK") }
    }
  }
}
