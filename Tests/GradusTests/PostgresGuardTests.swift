import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus

/// What is PostgreSQL's alone: roles, writers that wait for each other, partitions and `TRUNCATE`.
@Suite(.enabled(if: TestDatabase.availableEngines.contains(.postgres), "needs PostgreSQL"))
struct PostgresGuardTests {
  private static func values(_ sql: String, _ connection: Connection) throws -> [SQLValue] {
    try connection.query(sql).map { $0[0] }
  }

  /// An older version's role has rights on the tables that it knows, and may have another search path.
  @Test func aWriterNeedsNoRightsOnDerivedTables() async throws {
    let tree = try GuardTests.shop(
      guards: """
                guards:
                  - on: orders
                    key: [customer]
                    when: "EXISTS (SELECT 1 FROM customers AS c WHERE c.name = {row}.customer)"
        """)
    let role = "gradus_older_\(UInt32.random(in: 0...UInt32.max))"
    try await GuardTests.with(.postgres, tree) { session, _ in
      await #expect(throws: CancellationError.self) {
        try await session.transaction { connection in
          try connection.executeScript(
            """
            CREATE ROLE \(role);
            GRANT USAGE ON SCHEMA public TO \(role);
            GRANT SELECT, INSERT, UPDATE, DELETE ON orders, customers TO \(role);
            SET LOCAL search_path = pg_catalog;
            SET LOCAL ROLE \(role);
            INSERT INTO public.orders VALUES (4, 'ann', 1), (5, 'nobody', 1);
            UPDATE public.orders SET amount = 5 WHERE id = 2;
            DELETE FROM public.orders WHERE id = 3;
            DELETE FROM public.customers WHERE name = 'bob';
            RESET ROLE;
            SET LOCAL search_path = public;
            """)
          #expect(try Self.values("SELECT customer FROM totals", connection) == [])
          #expect(
            try Self.values("SELECT customer FROM totals_queue ORDER BY 1", connection) == ["ann", "cat"])
          #expect(
            try Self.values("SELECT update_name FROM background_updates", connection) == ["fill_totals"])
          // The role goes with the transaction that made it.
          throw CancellationError()
        }
      }
    }
  }

  /// The rows that a trigger sees have no system columns: the application's writes would fail.
  @Test func aConditionNamesWhatATriggerSees() async throws {
    let tree = try GuardTests.shop(
      guards: "        guards: [{on: orders, key: [customer], when: '{row}.ctid IS NOT NULL'}]")
    try await TestDatabase.withDatabase(.postgres) { place in
      let session = try await place.open()
      let error = await #expect(throws: GradusError.self) {
        try await GuardTests.migrate(tree, to: 2, session, place)
      }
      #expect(error?.message == "the guard on 'orders' of 'totals' cannot be made")
      #expect(error?.cause?.code == .undefinedObject)
      try await session.run { _ = try $0.execute("INSERT INTO orders VALUES (1, 'ann', 1)") }
    }
  }

  /// No statement says so of the column: such as that which a synchronised column's trigger computes from another one.
  @Test func whatAnotherTriggerChangesCounts() async throws {
    try await GuardTests.with(.postgres, GuardTests.shop()) { session, _ in
      try await session.run { connection in
        try connection.executeScript(
          """
          ALTER TABLE orders ADD COLUMN price BIGINT;
          CREATE FUNCTION set_amount() RETURNS trigger LANGUAGE plpgsql
            AS 'BEGIN NEW.amount := NEW.price; RETURN NEW; END';
          CREATE TRIGGER set_amount BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION set_amount();
          UPDATE orders SET price = 5 WHERE id = 2;
          """)
        #expect(try Self.values("SELECT customer FROM totals ORDER BY 1", connection) == ["ann", "cat"])
      }
    }
  }

  /// Two keys of the watched table may be one in the queue table, and none of them what is found there.
  @Test(arguments: [
    "CREATE TABLE totals_queue (customer NAME PRIMARY KEY)",
    "CREATE TABLE totals_queue (customer TEXT); CREATE UNIQUE INDEX ON totals_queue (left(customer, 2))",
  ])
  func theQueueMayKeepKeysOtherwise(queue: String) async throws {
    try await GuardTests.with(.postgres, GuardTests.shop()) { session, _ in
      try await session.run { connection in
        try connection.executeScript(
          """
          DROP TABLE totals_queue;
          \(queue);
          INSERT INTO customers VALUES (repeat('x', 70)), (repeat('x', 80));
          -- A trigger without an end is told, too.
          SET statement_timeout = '1min';
          INSERT INTO orders VALUES (4, repeat('x', 70), 1);
          INSERT INTO orders VALUES (5, repeat('x', 80), 1);
          UPDATE orders SET amount = 2 WHERE id = 4;
          """)
        #expect(try Self.values("SELECT count(*) FROM totals_queue", connection) == [1])
      }
    }
  }

  /// Whoever may make a table could have the function run on it.
  @Test func nobodyElseMayUseTheFunctions() async throws {
    try await GuardTests.with(.postgres, GuardTests.shop()) { session, _ in
      let rights = try await GuardTests.values(
        """
        SELECT count(*) FROM pg_proc p, aclexplode(p.proacl) a
        WHERE p.proname LIKE 'gradus_guard_%' AND a.grantee <> p.proowner
        """, session)
      #expect(rights == [0])
      #expect(
        try await GuardTests.values(
          "SELECT count(*) FROM pg_proc WHERE proname LIKE 'gradus_guard_%' AND proacl IS NULL", session)
          == [0])
    }
  }

  /// The ledger is not at fault where the role is.
  @Test func whatARoleMayNotMakeIsNoFaultOfTheLedger() async throws {
    let (tree, role) = (try GuardTests.shop(), "gradus_guards_\(UInt32.random(in: 0...UInt32.max))")
    let migration = try #require(try tree.definition(to: 2).ledger.gradualMigrations.first)
    try await GuardTests.with(.postgres, tree) { session, _ in
      // The role goes with the transaction that made it.
      await #expect(throws: CancellationError.self) {
        try await session.transaction { connection in
          let installer = GuardInstaller(connection: connection)
          try installer.remove(migration.name)
          try connection.executeScript(
            """
            CREATE ROLE \(role);
            GRANT CREATE ON SCHEMA public TO \(role);
            GRANT ALL ON ALL TABLES IN SCHEMA public TO \(role);
            REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;
            SET LOCAL ROLE \(role);
            """)
          let error = #expect(throws: GradusError.self) { try installer.install(migration, version: 2) }
          #expect(error?.cause?.code == .permissionDenied)
          #expect(error?.hint?.contains("right") == true, "\(error?.hint ?? "")")
          throw CancellationError()
        }
      }
    }
  }

  /// Without a key or a replica identity, a table of such a publication can only be inserted into.
  @Test func marksCanBeTakenAwayWhereAllTablesArePublished() async throws {
    let tree = try GuardTests.shop()
    let marks = "SELECT relreplident::text FROM pg_class WHERE relname = 'gradus_stale_marks'"
    try await GuardTests.with(.postgres, tree) { session, place in
      try await session.run { connection in
        // It warns of a wal_level that is too low, and forbids all the same.
        try connection.execute("CREATE PUBLICATION everything FOR ALL TABLES")
        try connection.execute("INSERT INTO gradus_stale_marks VALUES ('fill_totals', 1, '{}')")
        #expect(try connection.execute("DELETE FROM gradus_stale_marks") == 1)
        try connection.execute("DROP PUBLICATION everything")
        // As an earlier release has left it.
        try connection.execute("ALTER TABLE gradus_stale_marks REPLICA IDENTITY DEFAULT")
        try connection.execute("DELETE FROM gradus_guards")
      }
      #expect(try await GuardTests.migrate(tree, to: 2, session, place).contains("install_guards"))
      #expect(try await GuardTests.values(marks, session) == ["f"])
    }
  }

  /// Each statement is a transaction and writes many keys, in any order; the first of a round queues the update too.
  @Test(.timeLimit(.minutes(2)), arguments: [true, false])
  func writersOfManyRowsDoNotDeadlock(hasQueue: Bool) async throws {
    try await GuardTests.with(.postgres, GuardTests.shop(hasQueue: hasQueue)) { session, place in
      let customers = (0..<12).map { "c\($0)" }
      let rows = customers.map { "('\($0)')" }.joined(separator: ", ")
      try await session.run { try $0.execute("INSERT INTO customers VALUES \(rows)") }
      var writers: [Session] = []
      for _ in 0..<3 { writers.append(try await place.open()) }
      var random = SeededGenerator()
      var id = 100
      for round in 0..<60 {
        try await session.transaction { connection in
          try connection.executeScript(
            """
            DELETE FROM totals_queue;
            DELETE FROM background_updates;
            DELETE FROM gradus_stale_marks;
            DELETE FROM totals;
            INSERT INTO totals SELECT name, 1, 1 FROM customers;
            """)
        }
        var batches: [(writer: Session, statements: [String])] = []
        for writer in writers {
          var statements: [String] = []
          for _ in 0..<4 {
            let values = customers.shuffled(using: &random).prefix(8).map { customer in
              id += 1
              return "(\(id), '\(customer)', 1)"
            }
            statements.append("INSERT INTO orders VALUES \(values.joined(separator: ", "))")
          }
          batches.append((writer, statements))
        }
        let errors = await withTaskGroup(of: String?.self) { group in
          for (writer, statements) in batches {
            group.addTask {
              do {
                try await writer.run { connection in
                  for sql in statements { try connection.execute(sql) }
                }
                return nil
              } catch {
                return "\(error)"
              }
            }
          }
          var errors: [String] = []
          for await error in group { if let error { errors.append(error) } }
          return errors
        }
        #expect(errors == [], "round \(round), seed \(random.seed)")
        guard errors.isEmpty else { return }
      }
    }
  }

  @Test(arguments: [true, false])
  func truncationMarksAll(hasQueue: Bool) async throws {
    try await GuardTests.with(.postgres, GuardTests.shop(hasQueue: hasQueue)) { session, _ in
      try await session.transaction { connection in
        try connection.writing(asVersion: 2) { try connection.execute("TRUNCATE orders") }
      }
      #expect(try await GuardTests.values("SELECT customer FROM totals", session).count == 3)
      try await session.run { try $0.execute("TRUNCATE orders") }
      #expect(try await GuardTests.values("SELECT customer FROM totals", session) == [])
      #expect(
        try await GuardTests.values("SELECT customer FROM totals_queue ORDER BY 1", session)
          == (hasQueue ? ["ann", "bob", "cat"] : []))
      #expect(try await GuardTests.values("SELECT progress_json FROM background_updates", session) == ["{}"])
    }
  }

  /// What is written to a table that inherits fires no trigger of the one that it inherits from.
  @Test func aTableThatOthersInheritFromIsRefused() async throws {
    let tree = try GuardTests.shop()
    try tree.write("delta/main/2/04_old.sql.postgres", "CREATE TABLE old_orders () INHERITS (orders);")
    try await TestDatabase.withDatabase(.postgres) { place in
      let session = try await place.open()
      let error = await #expect(throws: GradusError.self) {
        try await GuardTests.migrate(tree, to: 2, session, place)
      }
      #expect(error?.message.contains("inherit from 'orders'") == true, "\(error?.message ?? "")")
      try await session.run { _ = try $0.execute("ALTER TABLE old_orders NO INHERIT orders") }
      #expect(try await GuardTests.migrate(tree, to: 2, session, place) == ["install_guards"])
    }
  }

  /// A statement for a table writes those that inherit from it, too.
  @Test func aTableThatInheritsIsWatched() async throws {
    let tree = try GuardTests.shop()
    try tree.write(
      "delta/main/2/04_all.sql.postgres",
      """
      CREATE TABLE all_orders (id BIGINT, customer TEXT NOT NULL, amount BIGINT NOT NULL);
      ALTER TABLE orders INHERIT all_orders;
      """)
    try await GuardTests.with(.postgres, tree) { session, _ in
      try await session.run { _ = try $0.execute("DELETE FROM all_orders WHERE id = 3") }
      #expect(try await GuardTests.values("SELECT customer FROM totals_queue", session) == ["cat"])
    }
  }

  /// What is written to a partition itself, and what moves to another one, no statement of the whole table tells.
  @Test(arguments: [
    ("INSERT INTO orders VALUES (4, 'ann', 1), (5, 'bob', 1)", ["cat"]),
    ("INSERT INTO ann_orders VALUES (4, 'ann', 1)", ["bob", "cat"]),
    ("DELETE FROM other_orders WHERE id = 2", ["ann", "cat"]),
    ("UPDATE orders SET customer = 'cat' WHERE id = 1", ["bob"]),
    ("TRUNCATE orders", []),
  ])
  func partitionsAreWatched(write: String, rest: [String]) async throws {
    let tree = try GuardTests.shop()
    try tree.write(
      "schema/main/1/01_orders.sql",
      """
      CREATE TABLE customers (name TEXT PRIMARY KEY);
      CREATE TABLE orders (id BIGINT, customer TEXT NOT NULL, amount BIGINT NOT NULL) PARTITION BY LIST (customer);
      CREATE TABLE ann_orders PARTITION OF orders FOR VALUES IN ('ann');
      CREATE TABLE other_orders PARTITION OF orders DEFAULT;
      """)
    try await GuardTests.with(.postgres, tree) { session, place in
      try await session.run { try $0.execute(write) }
      #expect(
        try await GuardTests.values("SELECT customer FROM totals ORDER BY 1", session)
          == rest.map { SQLValue.text($0) })
      // In the partitions they are the same triggers.
      #expect(try await !GuardTests.migrate(tree, to: 2, session, place).contains("install_guards"))
    }
  }

  private static let functions = """
    SELECT n.nspname::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE p.proname LIKE 'gradus~_guard~_%' ESCAPE '~'
    """

  /// The functions stay in the schema that the table had.
  @Test(arguments: ["public", "public, other"])
  func aTableThatHasMovedLeavesNothingBehind(path: String) async throws {
    try await GuardTests.with(.postgres, GuardTests.shop()) { session, _ in
      try await session.transaction { connection in
        try connection.executeScript(
          "CREATE SCHEMA other; ALTER TABLE orders SET SCHEMA other; SET LOCAL search_path = \(path);")
        try GuardInstaller(connection: connection).remove("totals")
      }
      let triggers = try #require(GuardTests.triggers[.postgres])
      #expect(try await GuardTests.values(Self.functions, session) == [])
      #expect(try await GuardTests.values(triggers, session) == [])
    }
  }

  /// A table that is gone has left functions behind; that of the name which is found in its place is another one's.
  @Test func whatOthersHaveOfTheNameStays() async throws {
    let name = "gradus_guard_totals_1_insert"
    try await GuardTests.with(.postgres, GuardTests.shop()) { session, _ in
      try await session.transaction { connection in
        try connection.executeScript(
          """
          CREATE SCHEMA other;
          CREATE TABLE other.orders (id BIGINT);
          CREATE FUNCTION other.\(name)() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
          CREATE TRIGGER \(name) AFTER INSERT ON other.orders
            FOR EACH STATEMENT EXECUTE FUNCTION other.\(name)();
          DROP TABLE orders;
          SET LOCAL search_path = public, other;
          """)
        try GuardInstaller(connection: connection).remove("totals")
      }
      let triggers = try #require(GuardTests.triggers[.postgres])
      #expect(try await GuardTests.values(Self.functions, session) == ["other"])
      #expect(try await GuardTests.values(triggers, session) == [.text(name)])
    }
  }

  /// What finds the names is no query of the application's, where a server tells which it has run.
  @Test func namesAreFoundByGradusItself() async throws {
    let recorder = QueryRecorder()
    try await TestDatabase.withDatabase(.postgres) { database in
      let session = try await Session.open(RecordingDriver(database.driver, recorder))
      try await session.run { _ = try GuardNames(of: ["orders"], on: $0) }
    }
    #expect(!recorder.queries.isEmpty)
    #expect(recorder.queries.filter(QueryFile.isOfApplication).map(\.sql) == [])
  }
}
