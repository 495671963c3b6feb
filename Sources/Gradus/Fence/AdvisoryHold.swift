import GradusSQL

/// A shared advisory lock of PostgreSQL on a connection of its own, with which it goes.
///
/// It is the session's: an idle session hurts nobody, however long. Behind a pooler it would stay with the pooler's
/// connection when the process is long gone, so that there it is the lock of a transaction that stays open, for which
/// the pooler sets a connection aside and which it ends with its client. That transaction holds no snapshot and no lock
/// on a table, so that neither vacuum nor CREATE INDEX CONCURRENTLY waits for it.
///
/// Locks are only ever tried for: to wait for one inside PostgreSQL would deadlock with CREATE INDEX CONCURRENTLY.
struct AdvisoryHold: Sendable {
  private let session: Session
  private let key: AdvisoryKey
  private let isPooled: Bool

  /// So that the server notices within a minute that a host is gone, and does not end what is idle on purpose.
  private static let settings = [
    "tcp_keepalives_idle = 30", "tcp_keepalives_interval = 10", "tcp_keepalives_count = 3",
    "tcp_user_timeout = 60000", "client_connection_check_interval = 10000", "idle_session_timeout = 0",
  ]

  /// Lets a transaction stay open for however long, on servers that would limit it: PostgreSQL from version 17 on.
  static let liftTransactionTimeout =
    "SELECT set_config(name, '0', true) FROM pg_settings WHERE name = 'transaction_timeout'"

  /// - Returns: nil where another session has the lock for itself.
  static func tryTake(_ kind: LiveKind, _ number: Int, of driver: any Driver) async throws -> AdvisoryHold? {
    let session = try await Session.open(driver)
    let (key, isPooled, isOurs) = try await session.run { connection in
      let key = try AdvisoryKey.read(kind, number, connection)
      let isPooled = try !connection.keepsServerProcess()
      if isPooled {
        // At a higher level, which may be the default, the first query's snapshot would be kept to the end.
        try connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED")
        try connection.execute(liftTransactionTimeout)
      } else {
        // A server that cannot do one of them says so, and the lock is as good.
        for setting in settings { _ = try? connection.execute("SET \(setting)") }
      }
      let function = isPooled ? "pg_try_advisory_xact_lock_shared" : "pg_try_advisory_lock_shared"
      let isOurs = try connection.queryRow("SELECT \(function)($1, $2)", key.parameters)?[0].boolean ?? false
      if isPooled { try settle(connection) }
      return (key, isPooled, isOurs)
    }
    guard isOurs else { return nil }
    return AdvisoryHold(session: session, key: key, isPooled: isPooled)
  }

  /// The last statement before a transaction is left open: it also replaces the query's portal, whose snapshot would be
  /// kept as long.
  private static func settle(_ connection: Connection) throws {
    try connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
  }

  /// - Returns: why it is no longer held; nil where it is.
  func failure() async -> String? {
    do {
      let isHeld = try await session.run { connection in
        guard !isPooled else {
          guard connection.isInTransaction else { return false }
          try connection.execute("SELECT 1")
          try Self.settle(connection)
          return true
        }
        return try connection.queryRow(
          """
          SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid = pg_backend_pid()
            AND classid = $1::bigint::oid AND objid = $2::bigint::oid AND objsubid = 2
          """, [.integer(Int64(key.space)), SQLValue(key.number)]) != nil
      }
      return isHeld ? nil : "the server no longer has its lock"
    } catch let error as SQLError {
      return error.message
    } catch {
      return "\(error)"
    }
  }

  func release() async {
    let (key, isPooled) = (key, isPooled)
    await session.settle { connection in
      if isPooled {
        try connection.execute("ROLLBACK")
      } else {
        _ = try connection.query("SELECT pg_advisory_unlock_shared($1, $2)", key.parameters)
      }
    }
  }
}
