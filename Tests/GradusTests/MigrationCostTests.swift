import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus

/// What a migration costs in statements, which are round trips to a server: so that it does not grow unnoticed.
@Suite struct MigrationCostTests {
  private static func schema(deltas count: Int) throws -> TemporarySchema {
    var files = [
      "schema/schema.yaml": "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n",
      "schema/main/1/01_start.sql": "CREATE TABLE start (id BIGINT PRIMARY KEY);",
    ]
    for number in 10..<10 + count {
      files["delta/main/2/\(number)_table.sql"] =
        "CREATE TABLE t\(number) (id BIGINT PRIMARY KEY);\nINSERT INTO t\(number) VALUES (1);"
    }
    return try TemporarySchema(files)
  }

  /// Those of making a new database, or of bringing one of version 1 up to date.
  private func statements(deltas count: Int, isNew: Bool, _ engine: Engine) async throws -> [String] {
    let tree = try Self.schema(deltas: count)
    return try await TestDatabase.withDatabase(engine) { database in
      let driver = CountingDriver(database.driver)
      let session = try await Session.open(driver)
      for version in isNew ? [2] : [1, 2] {
        driver.reset()
        try await DatabaseMigrator(
          schema: try tree.definition(to: version), database: PhysicalDatabase(driver: driver)
        ).migrate(on: session)
      }
      #expect(
        try await session.run { try $0.queryRow("SELECT count(*) FROM gradus_deltas")?[0] } == SQLValue(count)
      )
      return driver.statements
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aDeltaCostsFiveStatements(engine: Engine) async throws {
    let few = try await statements(deltas: 3, isNew: false, engine)
    let many = try await statements(deltas: 13, isNew: false, engine)
    // BEGIN, the script and COMMIT; and the two records, or on PostgreSQL one and a look whether the lock is held.
    #expect(many.count - few.count == 10 * 5)
    for statements in [few, many] {
      #expect(statements.count { $0 == "check" } == 1)
    }
  }

  /// In one transaction for all, and with one look at the scripts less: what is wrong in one undoes all of them.
  @Test(arguments: TestDatabase.availableEngines)
  func aDeltaOfANewDatabaseCostsItsScript(engine: Engine) async throws {
    let few = try await statements(deltas: 3, isNew: true, engine)
    let many = try await statements(deltas: 13, isNew: true, engine)
    // On SQLite, where a statement is no round trip, each has its records besides.
    #expect(many.count - few.count == 10 * (engine == .postgres ? 1 : 3))
    for statements in [few, many] { #expect(!statements.contains("check")) }
  }

  /// The records are the same statement each time, but a plan does not outlive the delta that follows.
  @Test(arguments: TestDatabase.availableEngines.filter { $0 == .postgres })
  func nothingIsPreparedForOneUse(engine: Engine) async throws {
    let tree = try Self.schema(deltas: 9)
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await DatabaseMigrator(
        schema: try tree.definition(), database: PhysicalDatabase(driver: database.driver)
      ).migrate(on: session)
      let prepared = try await session.run {
        try $0.queryRow("SELECT count(*) FROM pg_prepared_statements")?[0]
      }
      #expect(prepared == 0)
    }
  }
}
