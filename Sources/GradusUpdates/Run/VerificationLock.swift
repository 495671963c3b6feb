import Gradus
import GradusSQL

/// Keeps workers from verifying one update at the same time on PostgreSQL: each would read all of its table.
///
/// A session's advisory lock, as an update's hold runs out while its worker reads; it goes with a worker that dies. It spares
/// work and keeps nothing right: of two that end one update the transaction of one finds that the other has.
enum VerificationLock {
  /// "veri".
  private static let space: Int64 = 0x7665_7269

  /// Runs `body`, which verifies the update and ends it; behind a pooler, which would hand the lock on to others, whoever
  /// else does the same.
  ///
  /// - Parameter patience: for how long one that has the lock may ask the server nothing. A worker that stands still, or whose
  ///   host is gone without a word, would otherwise keep the others from ending the update.
  /// - Returns: nil where another worker is at it.
  static func trying<R>(
    _ name: String, on connection: Connection, patience: Duration, _ body: () throws -> R
  ) throws -> R? {
    guard connection.engine == .postgres, try connection.keepsServerProcess() else { return try body() }
    let lock = NamedLock(space: space, name: name)
    guard try lock.tryTake(on: connection) else {
      return try isIdle(name, for: patience, on: connection) ? body() : nil
    }
    defer { lock.release(on: connection) }
    return try body()
  }

  /// Whether the one that has the lock has asked the server nothing for so long.
  private static func isIdle(_ name: String, for patience: Duration, on connection: Connection) throws -> Bool
  {
    try connection.queryRow(
      """
      SELECT 1 FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
      WHERE l.locktype = 'advisory' AND l.granted AND a.datname = current_database() AND a.datid = l.database
        AND l.classid::bigint = $1 AND l.objid::bigint = (hashtext($2)::bigint & 4294967295) AND l.objsubid = 2
        AND a.state = 'idle' AND a.state_change < clock_timestamp() - $3 * interval '1 millisecond'
      """, [.integer(space), .text(name), SQLValue(patience.milliseconds)]) != nil
  }
}
