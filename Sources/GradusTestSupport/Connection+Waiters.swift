import Foundation
import GradusSQL

extension Connection {
  /// Waits until somebody waits for a lock of this connection's transaction; PostgreSQL.
  ///
  /// - Throws: `SQLError`; where nobody comes within two minutes, with code `lockTimeout`.
  package func waitUntilSomebodyWaits() throws {
    let deadline = ContinuousClock.now + .seconds(120)
    // Not of pg_stat_activity: within a transaction that stays as it was seen first.
    while try queryRow(
      "SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)) LIMIT 1")
      == nil
    {
      guard ContinuousClock.now < deadline else {
        throw SQLError(.lockTimeout, "nobody waits for this transaction")
      }
      Thread.sleep(forTimeInterval: 0.01)
    }
  }
}
