import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus

/// What deltas in Swift throw, and what they leave in the session.
@Suite struct SwiftDeltaTests {
  /// Migrates a database to version 2, whose only delta is given.
  private func migrate(
    _ database: TestDatabase, on session: Session, _ code: @escaping @Sendable (Connection) throws -> Void
  ) async throws {
    let tree = try TemporarySchema([
      "schema/schema.yaml": "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n",
      "schema/main/1/01_a.sql": "CREATE TABLE a (id BIGINT PRIMARY KEY);",
    ])
    let physical = PhysicalDatabase(driver: database.driver)
    try await DatabaseMigrator(schema: try tree.definition(to: 1), database: physical).migrate(on: session)
    let delta = CodeDelta(version: 2, name: "01_code.swift", upgrade: code)
    try await DatabaseMigrator(schema: try tree.definition(codeDeltas: [delta]), database: physical)
      .migrate(on: session)
  }

  private struct Unfit: Error, CustomStringConvertible { let description = "the shop is not fit for it" }

  @Test(arguments: TestDatabase.availableEngines)
  func anErrorOfItsOwnNamesTheDelta(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      let error = await #expect(throws: GradusError.self) {
        try await migrate(database, on: session) { connection in
          try connection.execute("INSERT INTO a VALUES (1)")
          throw Unfit()
        }
      }
      #expect(error?.code == .deltaFailed)
      #expect(error?.file == "2/01_code.swift")
      #expect(error?.message.contains("the shop is not fit for it") == true)
      let rows = try await session.run { try $0.query("SELECT id FROM a").count }
      #expect(rows == 0)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aFailedScriptNamesTheDelta(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      let error = await #expect(throws: GradusError.self) {
        try await migrate(database, on: session) { try $0.executeScript("INSERT INTO missing VALUES (1);") }
      }
      #expect(error?.code == .deltaFailed)
      #expect(error?.file == "2/01_code.swift")
      #expect(error?.cause?.code == .undefinedObject)
    }
  }

  /// As is a lock that one of its statements meets.
  @Test(arguments: TestDatabase.availableEngines)
  func aLockThatItsScriptMeetsIsTriedAgain(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      let attempts = Box(0)
      try await migrate(database, on: session) { connection in
        attempts.value += 1
        guard attempts.value > 1 else {
          throw ScriptError(error: SQLError(.lockTimeout, "somebody has it"), ordinal: 1)
        }
        try connection.executeScript("INSERT INTO a VALUES (1);")
      }
      #expect(attempts.value == 2)
      let rows = try await session.run { try $0.query("SELECT id FROM a").count }
      #expect(rows == 1)
    }
  }

  /// With it the record would come into other tables, or into none.
  @Test(arguments: TestDatabase.availableEngines)
  func aSettingDoesNotOutliveTheDelta(engine: Engine) async throws {
    let (change, query): (String, String) =
      switch engine {
      case .sqlite: ("PRAGMA query_only = ON", "PRAGMA query_only")
      case .postgres: ("SET search_path = pg_catalog", "SHOW search_path")
      }
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      let before = try await session.run { try $0.queryRow(query)?[0] }
      try await migrate(database, on: session) { _ = try $0.query(change) }
      let after = try await session.run { try $0.queryRow(query)?[0] }
      #expect(after == before)
      let recorded = try await session.run { connection in
        try connection.query("SELECT file FROM applied_schema_deltas").map { $0[0] }
      }
      #expect(recorded == ["2/01_code.swift"])
    }
  }
}
