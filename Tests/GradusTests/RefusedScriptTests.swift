import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus

/// Scripts that are refused before the first step.
@Suite struct RefusedScriptTests {
  private func failure(_ engine: Engine, _ script: String) async throws -> GradusError {
    let tree = try TemporarySchema([
      "schema/schema.yaml": "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n",
      "schema/main/1/01_a.sql": "CREATE TABLE a (id BIGINT PRIMARY KEY);",
      "delta/main/2/01_first.sql": "CREATE TABLE b (id BIGINT PRIMARY KEY);",
      "delta/main/2/02_second.sql": script,
    ])
    return try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      func migrate(to version: Int) async throws {
        try await DatabaseMigrator(
          schema: try tree.definition(to: version), database: PhysicalDatabase(driver: database.driver)
        ).migrate(on: session)
      }
      try await migrate(to: 1)
      let error = await #expect(throws: GradusError.self) { try await migrate(to: 2) }
      #expect(
        try await session.run { try $0.queryRow("SELECT count(*) FROM applied_schema_deltas")?[0] } == 0)
      return try #require(error)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aCharacterThatNoScriptMayHold(engine: Engine) async throws {
    let error = try await failure(engine, "INSERT INTO a VALUES (1);\n-- \u{0}\nINSERT INTO a VALUES (2);")
    #expect(error.file == "delta/main/2/02_second.sql")
    #expect(error.cause?.message == "the script holds the character U+0000")
    #expect(error.description.contains("nothing was changed"))
  }

  @Test(arguments: TestDatabase.availableEngines, ["", "-- gradus:no-transaction\n"])
  func transactionControl(engine: Engine, directive: String) async throws {
    let error = try await failure(engine, "\(directive)BEGIN;\nINSERT INTO a VALUES (1);\nCOMMIT;")
    #expect(error.cause?.code == .forbiddenStatement)
    #expect(error.hint?.contains("remove the statement") == true)
    // Outside a transaction that would be false.
    #expect(error.hint?.contains("of its own") == false)
  }

  /// It shows what the statement met, and not which of an own script's it was.
  @Test(arguments: TestDatabase.availableEngines)
  func ownScriptsFailByTheirStatements(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      let error = await #expect(throws: SQLError.self) {
        try await session.transaction { try BookkeepingTables.forgetUnqueued(on: $0) }
      }
      #expect(error?.code == .undefinedObject)
    }
  }
}
