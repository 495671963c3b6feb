import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus

/// What a migration warns of where the tree is another one for versions that the database has passed.
@Suite struct TreeHistoryTests {
  private static func tree() throws -> TemporarySchema {
    try TemporarySchema([
      "schema/schema.yaml":
        "version: 3\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}, 3: {compat: 1}}\n",
      "schema/main/1/01_a.sql": "CREATE TABLE a (id BIGINT PRIMARY KEY);",
      "delta/main/2/01_b.sql": "CREATE TABLE b (id BIGINT PRIMARY KEY);",
      "delta/main/3/01_c.sql": "CREATE TABLE c (id BIGINT PRIMARY KEY);",
      "delta/main/3/02_fill.updates.yaml": "updates: [{name: fill, kind: sql, sql: DELETE FROM a}]",
    ])
  }

  private func migrate(_ tree: TemporarySchema, to version: Int? = nil, _ database: TestDatabase) async throws
    -> Plan
  {
    try await DatabaseMigrator(
      schema: try tree.definition(to: version), database: PhysicalDatabase(driver: database.driver)
    ).lookingBack().migrate(on: try await database.open())
  }

  /// A merge brings it too late, and nothing ever runs it. Said also where there is nothing to do.
  @Test(arguments: TestDatabase.availableEngines)
  func aDeltaThatIsAddedToAnOldVersion(engine: Engine) async throws {
    let tree = try Self.tree()
    try await TestDatabase.withDatabase(engine) { database in
      _ = try await migrate(tree, to: 1, database)
      #expect(try await migrate(tree, database).warnings == [])
      #expect(try await migrate(tree, database).warnings == [])
      try tree.write("delta/main/2/02_late.sql", "CREATE TABLE late (id BIGINT PRIMARY KEY);")
      let other = engine == .sqlite ? "postgres" : "sqlite"
      try tree.write("delta/main/2/03_other.sql.\(other)", "CREATE TABLE other (id BIGINT PRIMARY KEY);")
      let plan = try await migrate(tree, database)
      #expect(plan.isEmpty)
      try #require(plan.warnings.count == 1, "\(plan.warnings)")
      #expect(plan.warnings[0].hasPrefix("delta/main/2/02_late.sql was never applied"))
      // To the version that the database is at it may be added.
      try tree.write("delta/main/3/03_late.sql", "CREATE TABLE later (id BIGINT PRIMARY KEY);")
      #expect(try await migrate(tree, database).warnings == plan.warnings)
    }
  }

  /// Its author has not raised the version in the ledger, and wonders that nothing happens. To one that acts as an older
  /// version a newer one is no surprise.
  @Test(arguments: TestDatabase.availableEngines)
  func aVersionThatTheLedgerDoesNotHaveYet(engine: Engine) async throws {
    let tree = try Self.tree()
    try await TestDatabase.withDatabase(engine) { database in
      #expect(try await migrate(tree, to: 2, database).warnings == [])
      try tree.write("delta/main/4/01_d.sql", "CREATE TABLE d (id BIGINT PRIMARY KEY);")
      try tree.write("delta/main/4/02_e.sql", "CREATE TABLE e (id BIGINT PRIMARY KEY);")
      #expect(
        try await migrate(tree, database).warnings == [
          "delta/main/4/01_d.sql: the ledger has no version 4 yet, and its deltas are passed over"
        ])
    }
  }

  /// What its full schema holds is recorded nowhere.
  @Test(arguments: TestDatabase.availableEngines)
  func aDatabaseThatBeganLater(engine: Engine) async throws {
    let tree = try Self.tree()
    try tree.write("schema/main/2/01_all.sql", "CREATE TABLE a (id BIGINT PRIMARY KEY);")
    try await TestDatabase.withDatabase(engine) { database in
      for version in [2, 3] { _ = try await migrate(tree, to: version, database) }
      try tree.write("delta/main/2/02_late.sql", "CREATE TABLE late (id BIGINT PRIMARY KEY);")
      #expect(try await migrate(tree, database).warnings == [])
    }
  }

  /// A renamed file is another one, which queues again what is complete.
  @Test(arguments: TestDatabase.availableEngines)
  func aRenamedFileQueuesAgain(engine: Engine) async throws {
    let tree = try Self.tree()
    try await TestDatabase.withDatabase(engine) { database in
      _ = try await migrate(tree, database)
      let session = try await database.open()
      try tree.write("delta/main/3/02_fill.updates.yaml", "updates: []")
      try tree.write(
        "delta/main/3/04_fill.updates.yaml", "updates: [{name: fill, kind: sql, sql: DELETE FROM a}]")
      let migrator = DatabaseMigrator(
        schema: try tree.definition(), database: PhysicalDatabase(driver: database.driver)
      ).lookingBack()
      // It is queued still, and stays as it is.
      #expect(try await migrator.plan(on: session).warnings == [])
      try await session.transaction { connection in
        try connection.execute("DELETE FROM background_updates")
        try BookkeepingWriter(connection: connection).certify(
          update: "fill", version: 3, .init(scanned: 1, deleted: 1, verified: "it ran"), duration: .zero)
      }
      let warnings = try await migrator.plan(on: session).warnings
      try #require(warnings.count == 1, "\(warnings)")
      #expect(warnings[0].hasPrefix("delta/main/3/04_fill.updates.yaml queues 'fill' again"))
      #expect(warnings[0].contains("'migrate --mark-applied 3/04_fill.updates.yaml'"))
    }
  }
}
