import Gradus
import GradusSQL
import GradusTestSupport
import GradusUpdates
import HomeserverFixtures

/// The fixture on PostgreSQL with some updates queued whose ranges four workers share.
struct SharedUpdates: Sendable {
  let session: Session
  private let pool: WorkerPool

  /// - Parameters:
  ///   - handlers: the updates, all of them new.
  ///   - tables: what they compute; emptied.
  ///   - size: rows of a batch.
  static func with(
    _ handlers: [any UpdateHandler], without tables: [String], size: Int,
    _ body: @Sendable (SharedUpdates) async throws -> Void
  ) async throws {
    try await FixtureDatabase.withDatabase("homeserver-small.sqlite", on: .postgres) { database in
      let session = try await database.open()
      let physical = PhysicalDatabase(driver: database.driver)
      try await DatabaseMigrator(
        schema: SchemaDefinition(root: Fixtures.packageRoot).acting(as: 87), database: physical
      ).migrate(on: session)
      try await session.transaction { connection in
        for table in tables + ["background_updates"] { try connection.execute("DELETE FROM \(table)") }
        for handler in handlers {
          try connection.execute(
            "INSERT INTO background_updates (update_name, progress_json) VALUES ($1, '{}')",
            [.text(handler.name)])
        }
      }
      let batches = BatchOptions(pause: .zero, defaultBatchSize: size, maxBatchSize: size)
      let pool = WorkerPool(
        database: physical, registry: UpdateRegistry(handlers: handlers),
        options: UpdateOptions(batches: batches), workers: 4)
      try await body(SharedUpdates(session: session, pool: pool))
    }
  }

  /// Runs some of the updates, or what is left.
  ///
  /// - Returns: which were completed.
  func run(_ wanted: Set<String>? = nil) async throws -> Set<String> {
    Set(try await pool.run(wanted).completed)
  }

  /// What an update scanned and wrote.
  func counts(of name: String) async throws -> [SQLValue]? {
    try await session.run {
      try $0.queryRow(
        "SELECT scanned, written FROM gradus_update_certificates WHERE update_name = $1", [.text(name)])
    }?.values
  }
}
