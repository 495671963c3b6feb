import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus

/// Derived rows whose source an older version has removed or put back: no position grows by that.
@Suite struct UnsupportedRowsTests {
  /// Totals of three customers at version 2, which has looked at them; then version 1 runs `sql`, and version 2 starts.
  private func afterARollback(
    _ engine: Engine, _ tree: TemporarySchema, _ sql: [String],
    _ body: (Session, _ start: (Int) async throws -> [String]) async throws -> Void
  ) async throws {
    try await TestDatabase.withDatabase(engine) { place in
      let session = try await place.open()
      let database = PhysicalDatabase(driver: place.driver)
      func start(_ version: Int) async throws -> [String] {
        try await DatabaseMigrator(schema: try tree.definition(to: version), database: database)
          .migrate(on: session).steps.map(\.kind)
      }
      _ = try await start(2)
      try await session.transaction { connection in
        try connection.execute("INSERT INTO customers VALUES ('ann'), ('bob'), ('cat')")
        try connection.execute(
          "INSERT INTO orders VALUES (1, 'ann', 10), (2, 'bob', 20), (3, 'cat', 30), (4, 'bob', 40)")
        try connection.execute("INSERT INTO totals VALUES ('ann', 10, 1), ('bob', 60, 4), ('cat', 30, 3)")
        try connection.execute("DELETE FROM background_updates")
      }
      #expect(try await start(2) == ["purge_stale"])
      #expect(try await start(2) == [])
      #expect(try await start(1) == ["forget_watermarks"])
      try await session.transaction { connection in
        for statement in sql { try connection.execute(statement) }
      }
      try await body(session, start)
      #expect(try await start(2) == [])
    }
  }

  private func values(_ sql: String, _ session: Session) async throws -> [SQLValue] {
    try await session.run { try $0.query(sql).map { $0[0] } }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func removedRowsAndPositionsThatAreGivenOutAgain(engine: Engine) async throws {
    // Nothing is newer than what version 2 has seen.
    let writes = [
      "DELETE FROM orders WHERE id IN (3, 4)", "INSERT INTO orders VALUES (3, 'ann', 5)",
    ]
    try await afterARollback(engine, TemporarySchema.shop(), writes) { (session, start) async throws in
      #expect(try await start(2) == ["purge_stale"])
      #expect(try await values("SELECT customer FROM totals", session) == [])
      #expect(
        try await values("SELECT customer FROM totals_queue ORDER BY 1", session) == ["ann", "bob", "cat"])
      #expect(try await values("SELECT update_name FROM background_updates", session) == ["fill_totals"])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aKeyWithoutParentIsNotQueued(engine: Engine) async throws {
    let writes = ["DELETE FROM orders WHERE customer = 'bob'", "DELETE FROM customers WHERE name = 'bob'"]
    try await afterARollback(engine, TemporarySchema.shop(), writes) { (session, start) async throws in
      #expect(try await start(2) == ["purge_stale"])
      #expect(try await values("SELECT customer FROM totals ORDER BY 1", session) == ["ann", "cat"])
      #expect(try await values("SELECT customer FROM totals_queue", session) == [])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func nothingIsDoneWhereNothingIsGone(engine: Engine) async throws {
    try await afterARollback(engine, TemporarySchema.shop(), []) { (session, start) async throws in
      #expect(try await start(2) == ["purge_stale"])
      #expect(try await values("SELECT customer FROM totals ORDER BY 1", session) == ["ann", "bob", "cat"])
      #expect(try await values("SELECT update_name FROM background_updates", session) == [])
    }
  }

  /// An update that finds its keys by position goes on just before the first of them, or back there.
  @Test(
    arguments: TestDatabase.availableEngines,
    [
      (nil, false, 0), (#"{"from":1}"#, false, 0), (#"{"from":3}"#, false, 1),
      // Ranges behind its beginning are done.
      (#"{"from":1}"#, true, 1),
    ] as [(queued: String?, isShared: Bool, marks: Int)])
  func anUpdateByPositionGoesBack(
    engine: Engine, _ given: (queued: String?, isShared: Bool, marks: Int)
  ) async throws {
    let tree = try Self.tree(requeue: #"{update: fill_totals, progress: '{"from":{position}}'}"#)
    var writes = ["DELETE FROM orders WHERE id = 4", "DELETE FROM orders WHERE customer = 'cat'"]
    if let queued = given.queued {
      writes.append(
        "INSERT INTO background_updates (update_name, progress_json) VALUES ('fill_totals', '\(queued)')")
    }
    if given.isShared {
      writes.append(
        """
        INSERT INTO gradus_update_leases (update_name, part, lower_key, progress, upper_key, expires_at)
        VALUES ('fill_totals', 1, '{"from":1}', '{"from":3}', '{"from":3}', 0)
        """)
    }
    try await afterARollback(engine, tree, writes) { (session, start) async throws in
      #expect(try await start(2) == ["purge_stale"])
      #expect(try await values("SELECT customer FROM totals", session) == ["ann"])
      #expect(
        try await values("SELECT progress_json FROM background_updates", session)
          == [.text(given.queued ?? #"{"from":1}"#)])
      #expect(
        try await values("SELECT progress FROM gradus_stale_marks", session)
          == Array(repeating: #"{"from":1}"#, count: given.marks))
    }
  }

  /// It cannot be queued, and the next start is not to meet it again.
  @Test(
    arguments: TestDatabase.availableEngines,
    ["{into: totals_queue, update: fill_totals}", "{update: fill_totals}"])
  func aRowWithoutAKeyGoes(engine: Engine, requeue: String) async throws {
    let tree = try Self.tree(requeue: requeue)
    try tree.write(
      "delta/main/2/01_totals.sql",
      """
      CREATE TABLE totals (customer TEXT UNIQUE, amount BIGINT NOT NULL, last_order BIGINT NOT NULL);
      CREATE TABLE totals_queue (customer TEXT PRIMARY KEY);
      """)
    let writes = ["INSERT INTO totals VALUES (NULL, 1, 1)", "DELETE FROM orders WHERE customer = 'cat'"]
    try await afterARollback(engine, tree, writes) { (session, start) async throws in
      #expect(try await start(2) == ["purge_stale"])
      #expect(try await values("SELECT customer FROM totals ORDER BY 1", session) == ["ann", "bob"])
      #expect(
        try await values("SELECT customer FROM totals_queue", session)
          == (requeue.contains("into") ? ["cat"] : []))
    }
  }

  /// PostgreSQL takes a parameter for a number of the column's type, which may have no room for the least of all positions.
  @Test(arguments: TestDatabase.availableEngines)
  func allAreGoneAndPositionsAreSmallNumbers(engine: Engine) async throws {
    let tree = try TemporarySchema.shop()
    try tree.write(
      "schema/main/1/01_orders.sql",
      """
      CREATE TABLE customers (name TEXT PRIMARY KEY);
      CREATE TABLE orders (id INTEGER PRIMARY KEY, customer TEXT NOT NULL, amount BIGINT NOT NULL);
      """)
    try await afterARollback(engine, tree, ["DELETE FROM orders WHERE id <> 2"]) {
      (session, start) async throws in
      #expect(try await start(2) == ["purge_stale"])
      #expect(try await values("SELECT customer FROM totals", session) == [])
      #expect(
        try await values("SELECT customer FROM totals_queue ORDER BY 1", session) == ["ann", "bob", "cat"])
      #expect(try await values("SELECT update_name FROM background_updates", session) == ["fill_totals"])
    }
  }

  /// The row of the greatest position tells up to where all was looked at, although it goes.
  @Test(arguments: TestDatabase.availableEngines)
  func theNewestIsReplaced(engine: Engine) async throws {
    let tree = try Self.tree(requeue: #"{update: fill_totals, progress: '{"from":{position}}'}"#)
    let writes = ["DELETE FROM orders WHERE customer = 'bob'", "INSERT INTO orders VALUES (5, 'bob', 1)"]
    try await afterARollback(engine, tree, writes) { (session, start) async throws in
      #expect(try await start(2) == ["purge_stale"])
      #expect(try await values("SELECT customer FROM totals ORDER BY 1", session) == ["ann", "cat"])
      #expect(
        try await values("SELECT progress_json FROM background_updates", session) == [#"{"from":4}"#])
    }
  }

  /// An update that follows a key may be past the keys of any position: queued already, it walks it once more.
  @Test(
    arguments: TestDatabase.availableEngines,
    [(nil, 0), ("{}", 0), (#"{"last":["m"]}"#, 1)] as [(queued: String?, marks: Int)])
  func anUpdateByKeyGoesBack(engine: Engine, _ given: (queued: String?, marks: Int)) async throws {
    var writes = ["INSERT INTO orders VALUES (5, 'ann', 50)"]
    if let queued = given.queued {
      writes.append(
        "INSERT INTO background_updates (update_name, progress_json) VALUES ('fill_totals', '\(queued)')")
    }
    try await afterARollback(engine, Self.tree(requeue: "{update: fill_totals}"), writes) {
      (session, start) async throws in
      #expect(try await start(2) == ["purge_stale"])
      #expect(try await values("SELECT customer FROM totals ORDER BY 1", session) == ["bob", "cat"])
      #expect(
        try await values("SELECT progress_json FROM background_updates", session)
          == [.text(given.queued ?? "{}")])
      #expect(
        try await values("SELECT progress FROM gradus_stale_marks", session)
          == Array(repeating: "{}", count: given.marks))
    }
  }

  private static func tree(requeue: String) throws -> TemporarySchema {
    let tree = try TemporarySchema.shop()
    try tree.write(
      "schema/schema.yaml",
      """
      version: 3
      compat_version: 2
      versions: {1: {compat: 1}, 2: {compat: 1}, 3: {compat: 2}}
      gradual_migrations:
        - name: totals
          starts: 2
          completes: 3
          updates: [fill_totals]
          stale_after_rollback:
            - table: totals
              key: [customer]
              position: last_order
              source: {table: orders, key: [customer], position: id}
              requeue: \(requeue)
      """)
    return tree
  }
}
