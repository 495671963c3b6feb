import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus

/// Guards whose triggers are recorded and are not there.
@Suite struct GuardLossTests {
  /// An empty database at version 2, with its guards, and how many triggers they have.
  private static func with(
    _ engine: Engine, _ tree: TemporarySchema, _ body: (Session, TestDatabase, Int) async throws -> Void
  ) async throws {
    try await TestDatabase.withDatabase(engine) { place in
      let session = try await place.open()
      try await GuardTests.migrate(tree, to: 2, session, place)
      try await body(session, place, try await count(session))
    }
  }

  private static func count(_ session: Session) async throws -> Int {
    try await GuardTests.values(try #require(GuardTests.triggers[session.engine]), session).count
  }

  private static func plan(_ tree: TemporarySchema, _ session: Session, _ place: TestDatabase) async throws
    -> Plan
  {
    try await DatabaseMigrator(
      schema: try tree.definition(to: 2), database: PhysicalDatabase(driver: place.driver)
    ).plan(on: session)
  }

  /// Whether a write of an older version marks its key.
  private static func expectWatched(_ session: Session) async throws {
    try await session.run { connection in
      try connection.executeScript(
        "INSERT INTO customers VALUES ('cat'); INSERT INTO orders VALUES (9, 'cat', 1);")
    }
    #expect(try await GuardTests.values("SELECT customer FROM totals_queue", session) == ["cat"])
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aDroppedTriggerIsMadeAgain(engine: Engine) async throws {
    let tree = try GuardTests.shop()
    try await Self.with(engine, tree) { session, place, count in
      try await session.run { connection in
        let table = engine == .postgres ? " ON orders" : ""
        try connection.execute("DROP TRIGGER gradus_guard_totals_1_insert\(table)")
      }
      let plan = try await Self.plan(tree, session, place)
      #expect(plan.steps.map(\.kind) == ["install_guards"])
      #expect(plan.steps.first?.reason == "those on orders are gone, or switched off")
      // An older version is not stopped by what it does not know.
      #expect(try await GuardTests.migrate(tree, to: 1, session, place) == [])
      #expect(try await GuardTests.migrate(tree, to: 2, session, place) == ["install_guards"])
      #expect(try await Self.count(session) == count)
      try await Self.expectWatched(session)
      #expect(try await GuardTests.migrate(tree, to: 2, session, place) == [])
    }
  }

  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres), "needs PostgreSQL"))
  func aTriggerThatIsSwitchedOffIsMadeAgain() async throws {
    let tree = try GuardTests.shop()
    try await Self.with(.postgres, tree) { session, place, _ in
      try await session.run { try $0.execute("ALTER TABLE orders DISABLE TRIGGER USER") }
      #expect(try await GuardTests.migrate(tree, to: 2, session, place) == ["install_guards"])
      try await Self.expectWatched(session)
    }
  }

  /// The triggers go with the old table, and nothing but the end of the same start would make them again.
  @Test(arguments: TestDatabase.availableEngines)
  func aDeltaReplacesAGuardedTable(engine: Engine) async throws {
    let tree = try GuardTests.shop()
    try await Self.with(engine, tree) { session, place, count in
      try tree.write(
        "delta/main/2/20_replace.sql",
        """
        CREATE TABLE new_orders (id BIGINT PRIMARY KEY, customer TEXT NOT NULL, amount BIGINT NOT NULL);
        INSERT INTO new_orders SELECT id, customer, amount FROM orders;
        DROP TABLE orders;
        ALTER TABLE new_orders RENAME TO orders;
        """)
      #expect(
        try await GuardTests.migrate(tree, to: 2, session, place) == ["apply_delta", "install_guards"])
      #expect(try await Self.count(session) == count)
      try await Self.expectWatched(session)
      #expect(try await GuardTests.migrate(tree, to: 2, session, place) == [])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func whatADeltaLeavesAloneStays(engine: Engine) async throws {
    let tree = try GuardTests.shop()
    try await Self.with(engine, tree) { session, place, count in
      try await session.run { try $0.execute("UPDATE gradus_guards SET installed_by = 'before'") }
      try tree.write("delta/main/2/20_more.sql", "CREATE TABLE more (id BIGINT PRIMARY KEY);")
      #expect(
        try await GuardTests.migrate(tree, to: 2, session, place) == ["apply_delta", "install_guards"])
      #expect(try await Self.count(session) == count)
      #expect(
        try await GuardTests.values("SELECT installed_by FROM gradus_guards", session) == ["before"])
    }
  }

  /// The look for what is gone is part of the one statement that reads everything.
  @Test(arguments: TestDatabase.availableEngines)
  func anUpToDateDatabaseCostsOneStatement(engine: Engine) async throws {
    let tree = try GuardTests.shop()
    try await Self.with(engine, tree) { _, place, _ in
      let driver = CountingDriver(place.driver)
      let session = try await Session.open(driver)
      driver.reset()
      let plan = try await DatabaseMigrator(
        schema: try tree.definition(to: 2), database: PhysicalDatabase(driver: driver)
      ).migrate(on: session)
      #expect(plan.isEmpty)
      #expect(driver.statements.count == 1)
    }
  }
}
