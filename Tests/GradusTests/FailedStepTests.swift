import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus

/// What is said of a step that fails after others are done.
@Suite struct FailedStepTests {
  /// The error of a migration to version 2, whose file for the queue is given.
  private func failure(_ engine: Engine, _ updates: String, compat: Int) async throws -> GradusError {
    let tree = try TemporarySchema([
      "schema/schema.yaml":
        "version: 2\ncompat_version: \(compat)\nversions: {1: {compat: 1}, 2: {compat: \(compat)}}\n",
      "schema/main/1/01_a.sql": "CREATE TABLE a (id BIGINT PRIMARY KEY, name TEXT, other TEXT);",
      "delta/main/2/01_a.updates.yaml": "updates:\n  - {name: first, kind: handler}\n  - {\(updates)}\n",
    ])
    return try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      func migrate(to version: Int) async throws {
        try await DatabaseMigrator(
          schema: try tree.definition(to: version), database: PhysicalDatabase(driver: database.driver)
        ).migrate(on: session)
      }
      try await migrate(to: 1)
      let error = try await #require(throws: GradusError.self) { try await migrate(to: 2) }
      let (left, queued) = try await session.run { connection in
        (
          try connection.queryRow("SELECT compat_version FROM schema_compat_version")?[0],
          try connection.query("SELECT 1 FROM background_updates").count
        )
      }
      #expect(left == SQLValue(compat) && queued == 0)
      return error
    }
  }

  private static let declarations = [
    "name: known, kind: constraint, table: a, not_null: missing",
    "name: known, kind: constraint, table: a, check: missing > 0",
    "name: follow, kind: sync_column, table: a, key: id, from: name, to: missing, using: name",
    "name: follow, kind: sync_column, table: a, key: id, from: name, to: other, using: missing",
  ]

  @Test(arguments: TestDatabase.availableEngines, declarations)
  func saysThatTheCompatVersionWasRaised(engine: Engine, declaration: String) async throws {
    let error = try await failure(engine, declaration, compat: 2)
    #expect(error.code == .deltaFailed)
    #expect(error.file == "delta/main/2/01_a.updates.yaml")
    #expect(error.position?.line == 3)
    let hint = try #require(error.hint)
    #expect(hint.contains("nothing of this file was kept"), "\(error)")
    #expect(hint.contains("the compat version was raised to 2 before"), "\(error)")
  }

  @Test(arguments: TestDatabase.availableEngines)
  func saysNothingOfItWhereItWasNot(engine: Engine) async throws {
    let error = try await failure(engine, Self.declarations[0], compat: 1)
    #expect(error.hint?.contains("nothing of this file was kept") == true, "\(error)")
    #expect(error.hint?.contains("compat") == false, "\(error)")
  }
}
