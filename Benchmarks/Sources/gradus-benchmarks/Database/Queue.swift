import GradusSQL
import GradusUpdates

/// The queue of background updates of a database that knows nothing of Gradus yet.
enum Queue {
  /// Makes the bookkeeping tables, which is no part of what is measured, and queues an update.
  static func add(_ name: String, _ driver: any Driver) async throws {
    let session = try await Session.open(driver)
    // Nothing but a run makes them.
    _ = try await UpdateRunner(
      session: session, registry: UpdateRegistry(), environment: DeclaredBackfill.quiet
    ).run()
    try await session.run { connection in
      _ = try connection.execute(
        "INSERT INTO background_updates (update_name, progress_json) VALUES ($1, '{}')", [.text(name)])
    }
  }
}
