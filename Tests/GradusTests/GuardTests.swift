import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus

/// For migrations without updates to complete.
private struct NothingPending: ForegroundCompleter {
  func knows(_ name: String) -> Bool { true }
  func complete(
    _ names: [String], of database: PhysicalDatabase, on session: Session,
    report: @escaping @Sendable (UpdateProgressReport) -> Void
  ) async throws {}
}

/// What the triggers of guards do, by the smallest schema that has any.
@Suite struct GuardTests {
  static let guards = """
            guards: [{on: orders, key: [customer], columns: [amount], when: '{row}.amount <> 0'}]
    """

  /// The shop, whose rule has guards; without a queue table where told so.
  static func shop(guards: String = guards, hasQueue: Bool = true, updates: String = "") throws
    -> TemporarySchema
  {
    let tree = try TemporarySchema.shop()
    let into = "into: totals_queue, parent: {table: customers, key: [name]}, update: fill_totals"
    let requeue = hasQueue ? into : "update: fill_totals, progress: '{\"from\":{position}}'"
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
          updates: [\(updates)]
          stale_after_rollback:
            - table: totals
              key: [customer]
              position: last_order
              source: {table: orders, key: [customer], position: id}
              requeue: {\(requeue)}
      \(guards)
      """)
    return tree
  }

  @discardableResult
  static func migrate(
    _ tree: TemporarySchema, to version: Int, _ session: Session, _ place: TestDatabase
  )
    async throws -> [String]
  {
    try await DatabaseMigrator(
      schema: try tree.definition(to: version), database: PhysicalDatabase(driver: place.driver),
      completer: NothingPending()
    ).migrate(on: session).steps.map(\.kind)
  }

  /// A database at version 2 with totals of three customers and nothing queued.
  static func with(
    _ engine: Engine, _ tree: TemporarySchema, _ body: (Session, TestDatabase) async throws -> Void
  ) async throws {
    try await TestDatabase.withDatabase(engine) { place in
      let session = try await place.open()
      try await migrate(tree, to: 2, session, place)
      try await session.transaction { connection in
        try connection.writing(asVersion: 2) {
          try connection.execute("INSERT INTO customers VALUES ('ann'), ('bob'), ('cat')")
          try connection.execute("INSERT INTO orders VALUES (1, 'ann', 10), (2, 'bob', 20), (3, 'cat', 30)")
          try connection.execute("INSERT INTO totals VALUES ('ann', 10, 1), ('bob', 20, 2), ('cat', 30, 3)")
        }
        try connection.execute("DELETE FROM totals_queue")
        try connection.execute("DELETE FROM background_updates")
      }
      try await body(session, place)
    }
  }

  static func values(_ sql: String, _ session: Session) async throws -> [SQLValue] {
    try await session.run { try $0.query(sql).map { $0[0] } }
  }

  static let triggers: [Engine: String] = [
    .sqlite:
      "SELECT name FROM sqlite_master WHERE name LIKE 'gradus~_guard~_t%' ESCAPE '~' AND type = 'trigger' ORDER BY 1",
    .postgres: "SELECT tgname::text FROM pg_trigger WHERE tgname LIKE 'gradus_guard_%' ORDER BY 1",
  ]

  @Test(
    arguments: TestDatabase.availableEngines,
    [
      ("INSERT INTO orders VALUES (4, 'ann', 1), (5, 'bob', 1), (6, 'ann', 1)", ["ann", "bob"]),
      ("INSERT INTO orders VALUES (4, 'ann', 0)", []),
      ("INSERT INTO orders SELECT 4, 'ann', 1 WHERE 1 = 0", []),
      ("UPDATE orders SET amount = amount + 1 WHERE id = 2", ["bob"]),
      ("UPDATE orders SET amount = amount", []),
      ("UPDATE orders SET id = id + 10", []),
      ("UPDATE orders SET customer = 'cat' WHERE id = 1", ["ann", "cat"]),
      ("UPDATE orders SET amount = 0 WHERE id = 1", ["ann"]),
      ("DELETE FROM orders WHERE id > 1", ["bob", "cat"]),
      ("INSERT INTO orders VALUES (3, 'dan', 1) ON CONFLICT (id) DO UPDATE SET amount = 5", ["cat"]),
    ])
  func writesOfAnOlderVersionMark(engine: Engine, _ write: (sql: String, customers: [String])) async throws {
    try await Self.with(engine, Self.shop()) { session, _ in
      // A newer writer, who takes it back.
      await #expect(throws: CancellationError.self) {
        try await session.transaction { connection in
          try connection.writing(asVersion: 2) { try connection.execute(write.sql) }
          #expect(try connection.query("SELECT 1 FROM totals").count == 3)
          #expect(try connection.query("SELECT 1 FROM background_updates").isEmpty)
          throw CancellationError()
        }
      }
      try await session.transaction { connection in
        try connection.writing(asVersion: 1) { try connection.execute(write.sql) }
      }
      let stale = write.customers.map { SQLValue.text($0) }
      let all: [SQLValue] = ["ann", "bob", "cat"]
      #expect(
        try await Self.values("SELECT customer FROM totals ORDER BY 1", session)
          == all.filter { !stale.contains($0) })
      #expect(try await Self.values("SELECT customer FROM totals_queue ORDER BY 1", session) == stale)
      #expect(
        try await Self.values("SELECT update_name FROM background_updates", session)
          == (stale.isEmpty ? [] : ["fill_totals"]))
    }
  }

  /// A version that does not know the queue could not delete what its foreign key refers to.
  @Test(arguments: TestDatabase.availableEngines)
  func aParentThatGoesTakesItsKeyAlong(engine: Engine) async throws {
    try await Self.with(engine, Self.shop()) { session, _ in
      try await session.transaction { connection in
        try connection.execute("UPDATE orders SET amount = 1 WHERE customer <> 'cat'")
        try connection.execute("DELETE FROM customers WHERE name IN ('bob', 'cat')")
      }
      #expect(try await Self.values("SELECT customer FROM totals_queue", session) == ["ann"])
      #expect(try await Self.values("SELECT customer FROM totals", session) == [])
      // Who knows the tables has to see to them itself.
      await #expect(throws: SQLError.self) {
        try await session.transaction { connection in
          try connection.writing(asVersion: 2) { try connection.execute("DELETE FROM customers") }
        }
      }
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func announcementsEndWithTheirWrites(engine: Engine) async throws {
    try await Self.with(engine, Self.shop()) { session, _ in
      try await session.transaction { connection in
        try connection.writing(asVersion: 3) {
          try connection.writing(asVersion: 2) {
            try connection.execute("INSERT INTO orders VALUES (4, 'ann', 1)")
          }
          try connection.execute("INSERT INTO orders VALUES (5, 'ann', 1)")
        }
        #expect(throws: CancellationError.self) {
          try connection.writing(asVersion: 2) { throw CancellationError() }
        }
        #expect(try connection.query("SELECT 1 FROM totals").count == 3)
        try connection.execute("INSERT INTO orders VALUES (6, 'ann', 1)")
        #expect(try connection.query("SELECT 1 FROM totals").count == 2)
      }
      // The next transaction on the same connection.
      try await session.transaction { try $0.execute("INSERT INTO orders VALUES (7, 'bob', 1)") }
      #expect(try await Self.values("SELECT customer FROM totals", session) == ["cat"])
    }
  }

  /// A customer whom the queue's foreign key does not know, and one whose name is not known at all.
  @Test(arguments: TestDatabase.availableEngines)
  func keysWithoutAParentAreNotQueued(engine: Engine) async throws {
    try await Self.with(engine, Self.shop()) { session, _ in
      try await session.run { try $0.execute("INSERT INTO orders VALUES (4, 'nobody', 1)") }
      #expect(try await Self.values("SELECT customer FROM totals_queue", session) == [])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func anUpdateThatFindsKeysByPositionIsSentBackToThem(engine: Engine) async throws {
    try await Self.with(engine, Self.shop(hasQueue: false)) { session, _ in
      func left() async throws -> String? {
        try await session.transaction {
          try GuardedUpdate.progressLeft("fill_totals", at: "now", on: $0)
        }
      }
      #expect(try await left() == nil)
      try await session.run { try $0.execute("UPDATE orders SET amount = 1 WHERE id = 3") }
      let progress = "SELECT progress_json FROM background_updates"
      #expect(try await Self.values(progress, session) == [#"{"from":2}"#])
      #expect(try await left() == nil)
      // It is queued already, and may be past these.
      try await session.run { connection in
        try connection.execute("UPDATE orders SET amount = 1 WHERE id = 2")
        try connection.execute("UPDATE orders SET amount = 1 WHERE id = 1")
        for amount in 2...9 { try connection.execute("UPDATE orders SET amount = \(amount) WHERE id = 3") }
      }
      #expect(try await Self.values(progress, session) == [#"{"from":2}"#])
      // One further back stands for the rest.
      #expect(
        try await Self.values("SELECT position FROM gradus_stale_marks ORDER BY 1", session) == [0, 1])
      #expect(try await left() == #"{"from":0}"#)
      #expect(try await left() == nil)
      // Nothing is left of this customer to calculate.
      try await session.run { try $0.execute("DELETE FROM orders WHERE id = 1") }
      #expect(try await left() == nil)
      #expect(try await Self.values("SELECT customer FROM totals", session) == [])
    }
  }

  /// The last batch has found nothing past where the update stands; before it is taken off the queue an order comes in right
  /// there.
  @Test(arguments: TestDatabase.availableEngines)
  func anUpdateThatIsAboutToEndIsSentBackToWhatCameMeanwhile(engine: Engine) async throws {
    try await Self.with(engine, Self.shop(hasQueue: false)) { session, _ in
      let progress = #"{"from":3}"#
      try await session.run { connection in
        try connection.execute(
          "INSERT INTO background_updates (update_name, progress_json) VALUES ('fill_totals', $1)",
          [.text(progress)])
        // As its batches leave it.
        try connection.execute(
          "INSERT INTO gradus_updates (update_name, started_at, updated_at) VALUES ('fill_totals', 0, 0)")
        try connection.execute("INSERT INTO orders VALUES (4, 'dan', 1)")
      }
      let left = try await session.transaction {
        try GuardedUpdate.progressLeft("fill_totals", at: progress, on: $0)
      }
      #expect(left == progress)
    }
  }

  /// No position is before the least of all, and that before the least of a smaller type is none of its own.
  @Test(
    arguments: TestDatabase.availableEngines,
    [("BIGINT", .min, "{}"), ("INTEGER", -2_147_483_648, #"{"from":-2147483649}"#)]
      as [(type: String, least: Int64, progress: String)])
  func theLeastPositionMarks(
    engine: Engine, _ given: (type: String, least: Int64, progress: String)
  ) async throws {
    let tree = try Self.shop(hasQueue: false)
    try tree.write(
      "schema/main/1/01_orders.sql",
      """
      CREATE TABLE customers (name TEXT PRIMARY KEY);
      CREATE TABLE orders (id \(given.type) PRIMARY KEY, customer TEXT NOT NULL, amount BIGINT NOT NULL);
      """)
    try await Self.with(engine, tree) { session, _ in
      try await session.run { connection in
        _ = try connection.execute("INSERT INTO orders VALUES ($1, 'ann', 5)", [.integer(given.least)])
      }
      #expect(
        try await Self.values("SELECT progress_json FROM background_updates", session)
          == [.text(given.progress)])
    }
  }

  /// Values that the column's collation takes for equal are not the same to whoever derives from them.
  @Test(arguments: TestDatabase.availableEngines)
  func changesOfCaseMark(engine: Engine) async throws {
    let tree = try Self.shop(
      guards: "        guards: [{on: labels, key: [customer], events: update, columns: [label]}]")
    let table = "CREATE TABLE labels (customer TEXT PRIMARY KEY, label TEXT COLLATE"
    try tree.write("delta/main/2/04_labels.sql.sqlite", "\(table) NOCASE);")
    try tree.write(
      "delta/main/2/04_labels.sql.postgres",
      """
      CREATE COLLATION blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
      \(table) blind);
      """)
    try await Self.with(engine, tree) { session, _ in
      try await session.run { connection in
        try connection.execute("INSERT INTO labels VALUES ('ann', 'old'), ('bob', 'same')")
        try connection.execute("UPDATE labels SET label = 'Old' WHERE customer = 'ann'")
        try connection.execute("UPDATE labels SET label = label")
      }
      #expect(try await Self.values("SELECT customer FROM totals ORDER BY 1", session) == ["bob", "cat"])
      #expect(try await Self.values("SELECT customer FROM totals_queue", session) == ["ann"])
    }
  }

  /// What is computed changes without a statement that sets it.
  @Test(arguments: TestDatabase.availableEngines)
  func changesOfComputedColumnsMark(engine: Engine) async throws {
    let tree = try Self.shop(
      guards: "        guards: [{on: labels, key: [customer], events: update, columns: [letters]}]")
    try tree.write(
      "delta/main/2/04_labels.sql",
      """
      CREATE TABLE labels (
        customer TEXT PRIMARY KEY, label TEXT NOT NULL,
        letters BIGINT GENERATED ALWAYS AS (length(label)) STORED);
      """)
    try await Self.with(engine, tree) { session, _ in
      try await session.run { connection in
        try connection.execute("INSERT INTO labels (customer, label) VALUES ('ann', 'one'), ('bob', 'two')")
        try connection.execute("UPDATE labels SET label = 'three' WHERE customer = 'ann'")
        try connection.execute("UPDATE labels SET label = 'six' WHERE customer = 'bob'")
      }
      #expect(try await Self.values("SELECT customer FROM totals ORDER BY 1", session) == ["bob", "cat"])
      #expect(try await Self.values("SELECT customer FROM totals_queue", session) == ["ann"])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func comeAndGoWithTheMigration(engine: Engine) async throws {
    let tree = try Self.shop()
    try await TestDatabase.withDatabase(engine) { place in
      let session = try await place.open()
      let triggers = try #require(Self.triggers[engine])
      #expect(try await Self.migrate(tree, to: 1, session, place).contains("install_guards") == false)
      #expect(try await Self.migrate(tree, to: 2, session, place).last == "install_guards")
      // One a kind of write, TRUNCATE among them on PostgreSQL, and one of the queue's parent.
      #expect(try await Self.values(triggers, session).count == (engine == .postgres ? 5 : 4))
      #expect(try await Self.migrate(tree, to: 2, session, place) == [])
      #expect(try await Self.migrate(tree, to: 1, session, place) == [])

      let narrower = try Self.shop(guards: "        guards: [{on: orders, key: [customer], events: insert}]")
      #expect(try await Self.migrate(narrower, to: 2, session, place) == ["install_guards"])
      #expect(
        try await Self.values(triggers, session) == [
          "gradus_guard_totals_1_insert", "gradus_guard_totals_parent_1",
        ])
      #expect(try await Self.migrate(Self.shop(guards: ""), to: 2, session, place) == ["remove_guards"])
      #expect(try await Self.values(triggers, session) == [])

      try await Self.migrate(tree, to: 2, session, place)
      let steps = try await Self.migrate(tree, to: 3, session, place)
      #expect(steps.contains("remove_guards"))
      #expect(try await Self.values(triggers, session) == [])
      #expect(try await Self.migrate(tree, to: 2, session, place) == [])
      // Straight to the end there is nobody to guard against.
      try await TestDatabase.withDatabase(engine) { place in
        let session = try await place.open()
        try await Self.migrate(tree, to: 1, session, place)
        let steps = try await Self.migrate(tree, to: 3, session, place)
        #expect(!steps.contains { $0.hasSuffix("guards") })
      }
    }
  }

  /// A release whose ledger does not have the migration any more, on a database that has not completed it.
  @Test(arguments: TestDatabase.availableEngines)
  func aMigrationThatIsDroppedTooEarlyIsRefused(engine: Engine) async throws {
    let tree = try Self.shop()
    let triggers = try #require(Self.triggers[engine])
    let ledger = "version: 3\ncompat_version: 2\nversions: {1: {compat: 1}, 2: {compat: 1}, 3: {compat: 2}}\n"
    try await Self.with(engine, tree) { session, place in
      let count = try await Self.values(triggers, session).count
      try tree.write("schema/schema.yaml", ledger)
      let error = await #expect(throws: GradusError.self) {
        try await Self.migrate(tree, to: 3, session, place)
      }
      #expect(error?.message.contains("no gradual migration 'totals' any more") == true)
      #expect(try await Self.migrate(tree, to: 2, session, place) == [])
      #expect(try await Self.values(triggers, session).count == count)
      // As the hint says of one that was given up.
      try tree.write("schema/schema.yaml", ledger + "gradual_migrations: [{name: totals, starts: 2}]\n")
      #expect(try await Self.migrate(tree, to: 3, session, place).contains("remove_guards"))
      #expect(try await Self.values(triggers, session) == [])
    }
  }

  /// Version 2 beside version 3, whose release has changed the guards.
  @Test(arguments: TestDatabase.availableEngines)
  func anOlderVersionLeavesTheGuardsOfANewerOne(engine: Engine) async throws {
    let tree = try Self.shop()
    try await Self.with(engine, tree) { session, place in
      let made = "SELECT checksum FROM gradus_guards"
      #expect(try await Self.migrate(tree, to: 2, session, place) == ["purge_stale"])
      try await session.run { connection in
        try connection.execute("UPDATE gradus_guards SET checksum = 'of version 3', version = 3")
        try connection.execute("UPDATE schema_version SET version = 3")
      }
      #expect(try await Self.migrate(tree, to: 2, session, place) == [])
      #expect(try await Self.migrate(Self.shop(guards: ""), to: 2, session, place) == [])
      #expect(try await Self.values(made, session) == ["of version 3"])
    }
  }

  /// Without a word the guard would never fire, or fail the application's writes.
  @Test(
    arguments: TestDatabase.availableEngines,
    [
      "{on: orders, key: [customer], columns: [amuont]}", "{on: orders, key: [custmoer], events: insert}",
      "{on: orders, key: [custmoer], events: update}",
      "{on: orders, key: [customer], events: delete, when: '{row}.gone = 1'}",
    ])
  func aGuardThatNamesWhatIsNotThereChangesNothing(engine: Engine, guarded: String) async throws {
    let tree = try Self.shop(guards: "        guards: [\(guarded)]")
    try await TestDatabase.withDatabase(engine) { place in
      let session = try await place.open()
      let error = await #expect(throws: GradusError.self) {
        try await Self.migrate(tree, to: 2, session, place)
      }
      #expect(error?.code == .deltaFailed)
      #expect(error?.message == "the guard on 'orders' of 'totals' cannot be made")
      #expect(error?.cause?.code == .undefinedObject)
      try await session.run { connection in
        try connection.execute("INSERT INTO orders VALUES (1, 'ann', 1)")
        try connection.execute("UPDATE orders SET amount = 2")
        try connection.execute("DELETE FROM orders")
      }
    }
  }

  /// A trigger knows the columns of its row by the row's name alone, and would fail the application's writes.
  @Test(
    arguments: TestDatabase.availableEngines,
    [
      "{row}.id > 0 AND amount <> 0",
      "EXISTS (SELECT 1 FROM customers AS c WHERE c.name = customer AND {row}.id > 0)",
    ])
  func aColumnOfTheRowIsNamedByTheRow(engine: Engine, condition: String) async throws {
    let tree = try Self.shop(
      guards: "        guards: [{on: orders, key: [customer], when: '\(condition)'}]")
    try await TestDatabase.withDatabase(engine) { place in
      let session = try await place.open()
      let error = await #expect(throws: GradusError.self) {
        try await Self.migrate(tree, to: 2, session, place)
      }
      #expect(error?.message == "the guard on 'orders' of 'totals' cannot be made")
      #expect(error?.hint?.contains("{row}.column") == true)
      try await session.run { connection in
        try connection.execute("INSERT INTO orders VALUES (1, 'ann', 1)")
        try connection.execute("UPDATE orders SET amount = 2")
        try connection.execute("DELETE FROM orders")
      }
    }
  }

  /// Whatever a subquery of it calls its tables.
  @Test(arguments: TestDatabase.availableEngines)
  func aConditionMayUseAnyAlias(engine: Engine) async throws {
    let condition =
      "EXISTS (SELECT 1 FROM customers AS w WHERE w.name = {row}.customer AND w.name < ''bob'')"
    let tree = try Self.shop(
      guards: "        guards: [{on: orders, key: [customer], when: '\(condition)'}]")
    try await Self.with(engine, tree) { session, _ in
      try await session.run { connection in
        try connection.execute("INSERT INTO orders VALUES (4, 'ann', 1), (5, 'bob', 1)")
        try connection.execute("DELETE FROM orders WHERE id = 3")
      }
      #expect(try await Self.values("SELECT customer FROM totals ORDER BY 1", session) == ["bob", "cat"])
      #expect(try await Self.values("SELECT customer FROM totals_queue", session) == ["ann"])
    }
  }

  /// The writer's search path may name another schema first.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres), "needs PostgreSQL"))
  func theSearchPathOfTheWriterDoesNotMatter() async throws {
    try await Self.with(.postgres, Self.shop()) { session, _ in
      try await session.run { connection in
        try connection.executeScript(
          """
          CREATE SCHEMA other;
          CREATE TABLE other.totals (customer TEXT);
          SET search_path = other;
          INSERT INTO public.orders VALUES (4, 'ann', 1);
          SET search_path = public;
          """)
      }
      #expect(try await Self.values("SELECT customer FROM totals ORDER BY 1", session) == ["bob", "cat"])
    }
  }

  /// An older writer that has not committed yet has marked a key which nobody else sees.
  @Test(
    .enabled(if: TestDatabase.availableEngines.contains(.postgres), "needs PostgreSQL"),
    .timeLimit(.minutes(1)))
  func theEndOfAnUpdateWaitsForOpenWrites() async throws {
    try await Self.with(.postgres, Self.shop()) { session, place in
      try await session.run { try $0.execute("INSERT INTO background_updates VALUES ('fill_totals', '{}')") }
      let writer = try await place.open()
      try await writer.run { connection in
        try connection.execute("BEGIN")
        try connection.execute("INSERT INTO orders VALUES (4, 'ann', 1)")
      }
      let observer = try await place.open()
      async let next = session.transaction {
        try GuardedUpdate.progressLeft("fill_totals", at: "again", on: $0)
      }
      while try await observer.run({ connection in
        try connection.query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").isEmpty
      }) {
        try await Task.sleep(for: .milliseconds(5))
      }
      try await writer.run { connection in try connection.execute("COMMIT") }
      #expect(try await next == "again")
    }
  }
}
