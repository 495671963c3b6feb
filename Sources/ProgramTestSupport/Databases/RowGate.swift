import GradusSQL
package import GradusTestSupport

/// Holds a row on PostgreSQL, so that a run stands still within a batch for as long as the test likes, or the server
/// lives.
package struct RowGate: Sendable {
  private let session: Session

  /// Locks the row of a table with this `id`. What is to wait there needs a long `lock_timeout_ms`.
  package static func close(_ table: String, _ id: Int, in database: TestDatabase) async throws -> RowGate {
    let session = try await database.open()
    try await session.run { connection in
      try connection.execute("BEGIN")
      _ = try connection.query("SELECT 1 FROM \(table) WHERE id = \(id) FOR UPDATE")
    }
    return RowGate(session: session)
  }

  /// Waits until somebody stands before the gate.
  package func waitForSomebody() async throws {
    try await session.run { try $0.waitUntilSomebodyWaits() }
  }

  /// Lets go of the row.
  package func open() async throws { try await session.run { _ = try $0.execute("ROLLBACK") } }
}
