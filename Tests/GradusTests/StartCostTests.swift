import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus

/// What a start reads, however many tables, rows and files there are.
@Suite struct StartCostTests {
  /// SQLite's schema has no index by which a trigger could be looked up.
  @Test func theSchemaIsReadOnceForAllGuards() async throws {
    try await TestDatabase.withDatabase(.sqlite) { database in
      let session = try await database.open()
      let plan = try await session.run { connection in
        try connection.execute(
          "CREATE TABLE gradus_guard_triggers (name TEXT NOT NULL PRIMARY KEY, table_name TEXT NOT NULL)")
        return try connection.query(
          """
          EXPLAIN QUERY PLAN SELECT 1 FROM gradus_guard_triggers AS t
          WHERE \(LostGuards.condition(on: .sqlite))
          """
        ).map { try $0.text(3) }
      }
      #expect(!plan.isEmpty)
      #expect(!plan.contains { $0.contains("CORRELATED") })
    }
  }

  /// A condition that fails on each row tells whether it was looked at.
  @Test(arguments: TestDatabase.availableEngines)
  func rowsToDeriveAreLookedForOnlyWhereNothingIsDerived(engine: Engine) async throws {
    let failing = engine == .sqlite ? "abs(id * 0 - 9223372036854775807 - 1) > 0" : "1 / (id - id) = 1"
    let tree = try TemporarySchema.shop()
    try tree.edit(
      "schema/schema.yaml", "{rows_in: orders,", "{rows_in: orders, where: \"\(failing)\",")
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      let migrator = DatabaseMigrator(
        schema: try tree.definition(to: 2), database: PhysicalDatabase(driver: database.driver))
      try await migrator.migrate(on: session)
      try await session.run { connection in
        try connection.execute("INSERT INTO orders VALUES (1, 'a', 5)")
        try connection.execute("INSERT INTO totals VALUES ('a', 5, 1)")
      }
      #expect(try await migrator.plan(on: session).steps.map(\.kind) == ["purge_stale"])
      try await session.run { _ = try $0.execute("DELETE FROM totals") }
      await #expect(throws: SQLError.self) { _ = try await migrator.plan(on: session) }
    }
  }

  /// SQLite takes no more than 500 queries in one.
  @Test(arguments: TestDatabase.availableEngines)
  func anyNumberOfRulesIsReadAtOnce(engine: Engine) async throws {
    let rules = (0..<600).map { number in
      StalenessRule(
        table: "derived_\(number)", key: ["k"], position: "p",
        source: .init(table: "source", key: ["k"], position: "p"), requeue: .init(update: "fill"))
    }
    try await TestDatabase.withDatabase(engine) { database in
      let driver = CountingDriver(database.driver)
      let session = try await Session.open(driver)
      try await session.run { connection in
        try BookkeepingTables.ensure(connection)
        try connection.transaction { connection in
          try connection.execute("CREATE TABLE source (k TEXT, p BIGINT)")
          try connection.execute("INSERT INTO source VALUES ('a', 7)")
          for rule in rules { try connection.execute("CREATE TABLE \(rule.table) (k TEXT, p BIGINT)") }
        }
      }
      driver.reset()
      let state = try await session.run { try DatabaseStateReader(rules: rules).read($0) }
      #expect(driver.statements.count == 1)
      #expect(state.staleness.count == 600)
      #expect(state.staleness.values.allSatisfy { $0.source == 7 && $0.derived == nil })
    }
  }

  @Test func aFileHasItsOwnDeclarationsInTheirOrder() {
    let file = PlannerTests.file(2, "01_a.updates.yaml")
    func update(_ name: String, _ ordering: Int, in path: String) -> UpdateDeclaration {
      UpdateDeclaration(name: name, kind: .handler, ordering: ordering, file: path)
    }
    var tree = SchemaTree(declarations: ["b": update("b", 2, in: file.path)])
    #expect(tree.declarations(in: file, for: .sqlite).map(\.name) == ["b"])
    tree.declarations["a"] = update("a", 1, in: file.path)
    tree.declarations["c"] = update("c", 0, in: "elsewhere")
    #expect(tree.declarations(in: file, for: .sqlite).map(\.name) == ["a", "b"])
  }
}
