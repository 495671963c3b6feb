import Foundation
import GradusSQL

extension Connection {
  /// Waits until somebody waits for a lock of this connection's transaction; PostgreSQL.
  func waitUntilSomebodyWaits() throws {
    while try query(
      "SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
    ).isEmpty {
      Thread.sleep(forTimeInterval: 0.01)
    }
  }
}
