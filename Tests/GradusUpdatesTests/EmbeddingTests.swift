import Foundation
import Gradus
import GradusSQL
import GradusSQLite
import GradusTestSupport
import GradusUpdates
import Testing

/// What the README shows, word for word but for the paths.
@Suite struct EmbeddingTests {
  @Test func startUpAndBackground() async throws {
    let tree = try TemporarySchema.shop()
    try await TestDatabase.withDatabase(.sqlite) { place in
      guard case .sqlite(let path) = place.location else { return }

      let schema = try SchemaDefinition(root: tree.root)
      let updates = UpdateRegistry(handlers: [], declarations: schema.tree.declarations.values)
      let database = PhysicalDatabase(driver: SQLiteDriver(path: path))

      let presence = try await VersionPresence.announce(version: schema.ledger.version, on: database)

      let session = try await Session.open(database.driver)
      try await DatabaseMigrator(
        schema: schema, database: database, completer: ForegroundRunner(registry: updates)
      ).migrate(on: session)

      let background = Task {
        try await UpdateRunner(session: Session.open(database.driver), registry: updates).run()
      }
      #expect(try await background.value.waiting.isEmpty)
      await presence.release()
      let version = try await session.run {
        try $0.queryRow("SELECT version FROM schema_version")?.integer(0)
      }
      #expect(version == 3)
    }
  }
}
