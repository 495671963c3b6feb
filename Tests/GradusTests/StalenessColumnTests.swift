import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus

/// Staleness rules whose columns are not there yet, or no longer.
@Suite struct StalenessColumnTests {
  private func migrator(
    _ tree: TemporarySchema, to version: Int? = nil, _ driver: any Driver
  ) throws -> DatabaseMigrator {
    DatabaseMigrator(
      schema: try tree.definition(to: version), database: PhysicalDatabase(driver: driver),
      completer: DeletingCompleter())
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aDeltaAddsTheColumn(engine: Engine) async throws {
    let tree = try TemporarySchema.shop()
    try tree.write(
      "schema/main/1/02_totals.sql",
      """
      CREATE TABLE totals (customer TEXT PRIMARY KEY, amount BIGINT NOT NULL);
      CREATE TABLE totals_queue (customer TEXT PRIMARY KEY REFERENCES customers (name));
      """)
    try tree.write("delta/main/2/01_totals.sql", "ALTER TABLE totals ADD COLUMN last_order BIGINT;")
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await migrator(tree, to: 1, database.driver).migrate(on: session)
      try await session.run { connection in
        try connection.execute("INSERT INTO orders VALUES (1, 'a', 5), (2, 'a', 6)")
        try connection.execute("INSERT INTO totals VALUES ('a', 5)")
      }
      try await migrator(tree, to: 2, database.driver).migrate(on: session)
      // From then on the rule is read.
      try await session.run { _ = try $0.execute("UPDATE totals SET last_order = 1") }
      let plan = try await migrator(tree, to: 2, database.driver).plan(on: session)
      #expect(plan.steps.map(\.kind) == ["purge_stale"])
    }
  }

  /// At the cost of any other start: one look.
  @Test(
    arguments: TestDatabase.availableEngines,
    ["ALTER TABLE totals DROP COLUMN last_order", "DROP TABLE totals_queue; DROP TABLE totals"])
  func aLaterVersionDropsWhatIsComplete(engine: Engine, drop: String) async throws {
    let tree = try TemporarySchema.shop()
    try tree.edit(
      "schema/schema.yaml", "version: 3\ncompat_version: 2", "version: 4\ncompat_version: 3")
    try tree.edit("schema/schema.yaml", "3: {compat: 2}", "3: {compat: 2}, 4: {compat: 3}")
    try tree.write("delta/main/4/01_drop.sql", drop)
    try await TestDatabase.withDatabase(engine) { database in
      let driver = CountingDriver(database.driver)
      let session = try await Session.open(driver)
      try await migrator(tree, to: 2, driver).migrate(on: session)
      try await migrator(tree, driver).migrate(on: session)
      driver.reset()
      #expect(try await migrator(tree, driver).migrate(on: session).isEmpty)
      #expect(driver.statements.count == 1)
      // A version that is still admitted starts too.
      #expect(try await migrator(tree, to: 3, driver).plan(on: session).isEmpty)
    }
  }

  /// Also by the version that completes, whose own deltas come too late for the rule.
  @Test(
    arguments: TestDatabase.availableEngines,
    [
      ("position: last_order", "position: lost_order", "lost_order"),
      ("key: [customer]\n", "key: [custmer]\n", "custmer"), ("table: totals\n", "table: totls\n", "totls"),
      ("{table: orders", "{table: odrers", "odrers"),
      ("into: totals_queue", "into: totals_quue", "totals_quue"),
      ("{table: customers", "{table: custmers", "custmers"), ("rows_in: orders", "rows_in: odrers", "odrers"),
    ])
  func aMisspeltNameIsTold(engine: Engine, edit: (old: String, new: String, name: String)) async throws {
    let tree = try TemporarySchema.shop()
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await migrator(tree, to: 2, database.driver).migrate(on: session)
      try tree.edit("schema/schema.yaml", edit.old, edit.new)
      for version in [2, 3] {
        let error = await #expect(throws: GradusError.self) {
          try await migrator(tree, to: version, database.driver).plan(on: session)
        }
        #expect(error?.code == .invalidTree)
        #expect(error?.message.contains("('totals') cannot be read") == true, "\(String(describing: error))")
        #expect(error?.message.contains(edit.name) == true, "\(String(describing: error))")
      }
      // It knows nothing of the rule.
      #expect(
        try await !migrator(tree, to: 1, database.driver).plan(on: session).steps.contains(
          where: \.appliesDelta))
    }
  }

  /// By a delta that came before, when all was planned already.
  @Test(arguments: TestDatabase.availableEngines)
  func aColumnThatGoesBeforeThePurgeIsTold(engine: Engine) async throws {
    let tree = try TemporarySchema.shop()
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await migrator(tree, to: 2, database.driver).migrate(on: session)
      try await session.run { connection in
        try connection.execute("INSERT INTO orders VALUES (1, 'a', 5), (2, 'a', 6)")
        try connection.execute("INSERT INTO totals VALUES ('a', 5, 1)")
      }
      try tree.write("delta/main/2/04_last.sql", "ALTER TABLE totals RENAME COLUMN last_order TO newest;")
      let error = await #expect(throws: GradusError.self) {
        try await migrator(tree, to: 2, database.driver).migrate(on: session)
      }
      #expect(error?.code == .invalidTree)
      #expect(error?.hint == "mend the rule in the ledger, or add what it names by a delta")
      #expect("\(String(describing: error))".contains("last_order"))
    }
  }

  /// Taken for none, they would be of a table without rows.
  @Test(
    arguments: TestDatabase.availableEngines,
    [("DOUBLE PRECISION", "1.5"), ("TIMESTAMP", "'2026-01-02 03:04:05'")])
  func aPositionThatIsNoWholeNumberIsTold(engine: Engine, position: (type: String, value: String))
    async throws
  {
    let tree = try TemporarySchema.shop()
    try tree.edit("schema/main/1/01_orders.sql", "(id BIGINT", "(id \(position.type)")
    try tree.edit("delta/main/2/01_totals.sql", "last_order BIGINT", "last_order \(position.type)")
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await migrator(tree, to: 2, database.driver).migrate(on: session)
      #expect(try await migrator(tree, to: 2, database.driver).plan(on: session).isEmpty)
      try await session.run { _ = try $0.execute("INSERT INTO orders VALUES (\(position.value), 'a', 5)") }
      let error = await #expect(throws: GradusError.self) {
        try await migrator(tree, to: 2, database.driver).plan(on: session)
      }
      #expect(error?.code == .invalidTree)
      #expect(error?.message.contains("the staleness of 'totals' ('totals') cannot be read") == true)
      #expect(error?.message.contains("positions must be whole numbers") == true)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aConditionMayEndWithAComment(engine: Engine) async throws {
    let tree = try TemporarySchema.shop()
    try tree.edit(
      "schema/schema.yaml", "{rows_in: orders,", "{rows_in: orders, where: 'amount > 5 -- large ones',")
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await migrator(tree, to: 2, database.driver).migrate(on: session)
      // Of an update that has yet to begin nothing is to be purged.
      try await session.run { _ = try $0.execute("DELETE FROM background_updates") }
      for (amount, isDue) in [(5, false), (6, true)] {
        try await session.run { _ = try $0.execute("INSERT INTO orders VALUES (\(amount), 'a', \(amount))") }
        let plan = try await migrator(tree, to: 2, database.driver).plan(on: session)
        #expect(plan.steps.map(\.kind) == (isDue ? ["purge_stale"] : []))
      }
    }
  }

  /// Another program may have brought the database there, so that there is no certificate.
  @Test(arguments: TestDatabase.availableEngines)
  func aTableThatHasGoneAfterItsCompletionIsNotMissed(engine: Engine) async throws {
    let tree = try TemporarySchema.shop()
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await migrator(tree, to: 2, database.driver).migrate(on: session)
      try await migrator(tree, database.driver).migrate(on: session)
      try await session.run { connection in
        for statement in ["DELETE FROM gradus_migrations", "DROP TABLE totals_queue", "DROP TABLE totals"] {
          try connection.execute(statement)
        }
      }
      let plan = try await migrator(tree, database.driver).plan(on: session)
      #expect(plan.steps.map(\.kind) == ["complete_updates", "certify"])
    }
  }
}
