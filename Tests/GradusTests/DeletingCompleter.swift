import Gradus
import GradusSQL

/// Runs every queued update by its end: the runner itself is another library's.
struct DeletingCompleter: ForegroundCompleter {
  func knows(_ name: String) -> Bool { true }

  func complete(
    _ names: [String], of database: PhysicalDatabase, on session: Session,
    report: @escaping @Sendable (UpdateProgressReport) -> Void
  ) async throws {
    try await session.transaction { connection in
      for name in names {
        try connection.execute("DELETE FROM background_updates WHERE update_name = $1", [.text(name)])
      }
    }
  }
}
