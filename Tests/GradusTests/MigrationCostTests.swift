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

  /// Those of making a new database, or of upgrading one.
  private func statements(deltas count: Int, _ engine: Engine, isNew: Bool) async throws -> [String] {
    let tree = try Self.schema(deltas: count)
    return try await TestDatabase.withDatabase(engine) { database in
      if !isNew {
        try await DatabaseMigrator(
          schema: try tree.definition(to: 1), database: PhysicalDatabase(driver: database.driver)
        ).migrate(on: try await database.open())
      }
      let driver = CountingDriver(database.driver)
      let session = try await Session.open(driver)
      try await DatabaseMigrator(schema: try tree.definition(), database: PhysicalDatabase(driver: driver))
        .migrate(on: session)
      #expect(
        try await session.run { try $0.queryRow("SELECT count(*) FROM gradus_deltas")?[0] } == SQLValue(count)
      )
      return driver.statements
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aDeltaCostsFiveStatements(engine: Engine) async throws {
    let few = try await statements(deltas: 3, engine, isNew: false)
    let many = try await statements(deltas: 13, engine, isNew: false)
    // BEGIN, the script and COMMIT; and the two records, or on PostgreSQL one and a look whether the lock is held.
    #expect(many.count - few.count == 10 * 5)
    for statements in [few, many] {
      #expect(statements.count { $0 == "check" } == 1)
    }
  }

  /// All are done in one transaction, and what is wrong in a script undoes it.
  @Test(arguments: TestDatabase.availableEngines)
  func aDeltaOfANewDatabaseCostsLess(engine: Engine) async throws {
    let few = try await statements(deltas: 3, engine, isNew: true)
    let many = try await statements(deltas: 13, engine, isNew: true)
    // The script, and the two records, which on PostgreSQL are one for all.
    #expect(many.count - few.count == 10 * (engine == .sqlite ? 3 : 1))
    for statements in [few, many] { #expect(!statements.contains("check")) }
  }

  /// The records are the same statement each time, but a plan does not outlive the delta that follows.
  @Test(arguments: TestDatabase.availableEngines.filter { $0 == .postgres })
  func nothingIsPreparedForOneUse(engine: Engine) async throws {
    let tree = try Self.schema(deltas: 9)
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      for version in 1...2 {
        try await DatabaseMigrator(
          schema: try tree.definition(to: version),
          database: PhysicalDatabase(driver: database.driver)
        ).migrate(on: session)
      }
      let prepared = try await session.run {
        try $0.query("SELECT statement FROM pg_prepared_statements").map { $0[0] }
      }
      #expect(prepared == [])
    }
  }
}
