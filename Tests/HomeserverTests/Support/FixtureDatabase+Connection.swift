import GradusSQL
import HomeserverFixtures

extension FixtureDatabase {
  /// Runs a test on one connection to a fixture.
  static func with(
    _ name: String, on engine: Engine, _ body: @Sendable (Connection) throws -> Void
  ) async throws {
    try await withDatabase(name, on: engine) { database in
      try await database.open().run(body)
    }
  }
}
