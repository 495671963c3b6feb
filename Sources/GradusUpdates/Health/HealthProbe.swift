package import GradusSQL

/// Reads a database's health signals.
///
/// A signal that the role may not see, or that this server does not have, is missing from the readings: health is
/// advice, and no reason to fail.
package struct HealthProbe: Sendable {
  private var lag = ReplicationLag()
  private var lastPosition: (bytes: Int64, seconds: Double)?

  package init() {}

  /// Reads what there is. Must be called outside a transaction.
  ///
  /// On SQLite this moves the write-ahead log into the database file as far as its readers allow.
  ///
  /// - Parameters:
  ///   - connection: a connection to the database.
  ///   - seconds: the time on a clock that does not stop; what is measured per second needs two readings.
  /// - Returns: the values that could be read, each in its signal's unit.
  /// - Throws: `SQLError` where the database does not answer.
  package mutating func read(_ connection: Connection, at seconds: Double) throws -> [HealthSignal: Double] {
    precondition(!connection.isInTransaction, "health is read outside a transaction")
    switch connection.engine {
    case .sqlite:
      return try Self.unlessUnavailable { try Self.walSize(connection) }.map { [.walSize: $0] } ?? [:]
    case .postgres: return try readPostgres(connection, at: seconds)
    }
  }

  /// How many sessions wait for a lock that this connection's transaction holds; those behind them are not
  /// counted.
  ///
  /// - Parameter connection: in its transaction. On SQLite nobody can tell, and the answer is 0.
  /// - Throws: `SQLError`.
  package static func lockWaiters(_ connection: Connection) throws -> Int {
    guard connection.engine == .postgres else { return 0 }
    let row = try connection.queryRow(
      """
      SELECT count(DISTINCT pid) FROM pg_catalog.pg_locks
      WHERE NOT granted AND pg_catalog.pg_backend_pid() = ANY (pg_catalog.pg_blocking_pids(pid))
      """)
    return Int(try row?.integer(0) ?? 0)
  }

  private mutating func readPostgres(
    _ connection: Connection, at seconds: Double
  ) throws -> [HealthSignal: Double] {
    // A standby writes no log of its own, and no updates run on it.
    let position = try Self.unlessUnavailable {
      try connection.queryRow(
        """
        SELECT CASE WHEN NOT pg_catalog.pg_is_in_recovery()
          THEN pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0')::bigint END
        """)?[0].integer
    }
    guard let position else {
      lastPosition = nil
      return [:]
    }
    var readings: [HealthSignal: Double] = [:]
    if let last = lastPosition, position >= last.bytes, seconds > last.seconds {
      readings[.walRate] = Double(position - last.bytes) / (seconds - last.seconds)
    }
    lastPosition = (position, seconds)
    let replicas = try Self.unlessUnavailable { try Self.replicas(connection) } ?? []
    readings[.replicationLag] = lag.read(replicas, position: position, at: seconds)
    return readings
  }

  /// The replicas of which anything is known. A role that may not see them gets rows of NULL, a client that only
  /// stores the log replays nothing, and one that copies the database is no replica yet.
  private static func replicas(_ connection: Connection) throws -> [ReplicationLag.Replica] {
    try connection.query(
      """
      SELECT pg_catalog.pg_wal_lsn_diff(replay_lsn, '0/0')::bigint,
        (EXTRACT(EPOCH FROM replay_lag) * 1000)::double precision
      FROM pg_catalog.pg_stat_replication WHERE state IN ('catchup', 'streaming') AND replay_lsn IS NOT NULL
      """
    ).map { ReplicationLag.Replica(replayed: try $0.integer(0), measured: $0[1].double) }
  }

  /// What of the write-ahead log is not in the database file; nil where there is no such log, or where another
  /// connection is at work on it.
  private static func walSize(_ connection: Connection) throws -> Double? {
    guard let checkpoint = try connection.queryRow("PRAGMA wal_checkpoint(PASSIVE)"),
      let frames = checkpoint[1].integer, let done = checkpoint[2].integer, frames >= 0,
      let pageSize = try connection.queryRow("PRAGMA page_size")?[0].integer
    else { return nil }
    return Double(max(0, frames - done)) * Double(pageSize)
  }

  private static func unlessUnavailable<R>(_ body: () throws -> R?) throws -> R? {
    do {
      return try body()
    } catch let error as SQLError {
      switch error.code {
      case .permissionDenied, .undefinedObject, .readOnly, .diskFull: return nil
      default: throw error
      }
    }
  }
}
