import Gradus
import GradusSQL
import GradusTestSupport
import Testing

@testable import GradusUpdates

/// Declared constraints on both engines: the migration step, then what it queued.
@Suite struct ConstraintTests {
  private static let schema = """
    CREATE TABLE customers (name TEXT PRIMARY KEY);
    CREATE TABLE orders (id BIGINT PRIMARY KEY, customer TEXT, amount BIGINT);
    CREATE INDEX orders_by_customer ON orders (customer);
    INSERT INTO customers VALUES ('ann'), ('bob');
    INSERT INTO orders VALUES (1, 'ann', 1), (2, 'bob', NULL), (3, 'eve', 3), (4, NULL, NULL), (5, 'ann', -5);
    """

  private static let positive = ValidateConstraintWork(
    name: "positive",
    constraint: .init(
      table: "orders", constraint: "positive", key: ["id"], check: "amount > 0", deletesViolations: true))

  private func tree(_ updates: String..., schema: String = schema) throws -> TemporarySchema {
    let tree = try TemporarySchema([
      "schema/schema.yaml": "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n",
      "schema/main/1/01_tables.sql": schema,
    ])
    for (index, text) in updates.enumerated() {
      try tree.write("delta/main/2/0\(index + 1)_x.updates.yaml", "updates:\n  - {\(text)}\n")
    }
    return tree
  }

  private struct Result: Sendable {
    var plan: Plan?
    var error: GradusError?
    var summary = UpdateRunner.Summary()
  }

  /// Migrates to version 1 and then to 2, runs the queue, and calls `check`.
  private func migrate(
    _ engine: Engine, _ tree: TemporarySchema, completes: Bool = true,
    check: @Sendable (Connection, Result) throws -> Void
  ) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      let physical = PhysicalDatabase(driver: database.driver)
      let definition = try tree.definition()
      let registry = UpdateRegistry(declarations: definition.tree.declarations.values)
      let options = UpdateOptions.fast(2, attempts: 2)
      try await DatabaseMigrator(schema: tree.definition(to: 1), database: physical).migrate(on: session)
      var result = Result()
      do {
        result.plan = try await DatabaseMigrator(
          schema: definition, database: physical,
          completer: completes ? ForegroundRunner(registry: registry, options: options) : nil
        ).migrate(on: session)
        result.summary = try await UpdateRunner(session: session, registry: registry, options: options).run()
      } catch let error as GradusError {
        result.error = error
      }
      let final = result
      try await session.run { try check($0, final) }
    }
  }

  private func ids(_ connection: Connection, of table: String = "orders") throws -> [SQLValue] {
    try connection.query("SELECT id FROM \(table) ORDER BY id").map { $0[0] }
  }

  private func constraints(_ connection: Connection) throws -> [SQLValue] {
    try connection.query(
      "SELECT conname::text FROM pg_constraint WHERE conrelid = 'orders'::regclass AND contype IN ('c', 'f') AND convalidated"
    ).map { $0[0] }
  }

  private func code(_ connection: Connection, _ sql: String) -> SQLError.Code? {
    #expect(throws: SQLError.self) { try connection.execute(sql) }?.code
  }

  @Test(arguments: TestDatabase.availableEngines)
  func notNullDeletesWhatViolates(engine: Engine) async throws {
    let tree = try tree(
      "name: amount_known, kind: constraint, table: orders, key: id, not_null: amount, delete_violations: true"
    )
    try await migrate(engine, tree) { (connection, result) throws in
      #expect(result.error == nil)
      let reason = result.plan?.steps.last?.reason
      #expect(
        reason
          == (engine == .sqlite
            ? "of version 2; rebuilds orders to add a constraint"
            : "of version 2; adds a constraint to orders, to be validated later"))
      #expect(result.summary.completed == (engine == .sqlite ? [] : ["amount_known"]))
      #expect(try ids(connection) == [1, 3, 5])
      #expect(code(connection, "INSERT INTO orders VALUES (9, 'ann', NULL)") == .notNullViolation)
      try connection.execute("INSERT INTO orders VALUES (9, NULL, 1)")
      if engine == .postgres {
        #expect(try constraints(connection) == [])
        let row = try connection.queryRow(
          "SELECT written FROM gradus_update_certificates WHERE update_name = 'amount_known'")
        #expect(row?[0] == 2)
      }
    }
  }

  /// Marking a column waits for its lock as long as the options say.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func theLockTimeoutIsThatOfTheOptions() async throws {
    let declaration = UpdateDeclaration(
      name: "known",
      kind: .validateConstraint(
        .init(table: "numbers", constraint: "double_known", key: ["a"], setNotNull: "double")))
    try await Workshop.with(.postgres, [declaration.queueRow]) { shop in
      try await shop.session.run { connection in
        try connection.executeScript(
          """
          ALTER TABLE numbers ADD CONSTRAINT double_known CHECK (double IS NOT NULL) NOT VALID;
          CREATE TABLE timeouts (command TEXT, value TEXT);
          CREATE FUNCTION note_timeout() RETURNS event_trigger LANGUAGE plpgsql AS
            $$ BEGIN INSERT INTO timeouts VALUES (tg_tag, current_setting('lock_timeout')); END $$;
          CREATE EVENT TRIGGER note_timeout ON ddl_command_start EXECUTE FUNCTION note_timeout();
          """)
      }
      var options = UpdateOptions.fast
      options.lockTimeout = .seconds(7)
      let registry = UpdateRegistry(declarations: [declaration])
      #expect(try await shop.runner(registry, options).run().completed == ["known"])
      #expect(try await shop.values("SELECT value FROM timeouts") == ["7s", "7s"])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func violationsThatMayNotBeDeletedAreCounted(engine: Engine) async throws {
    let tree = try tree("name: amount_known, kind: constraint, table: orders, not_null: amount")
    try await migrate(engine, tree) { (connection, result) throws in
      #expect(try ids(connection) == [1, 2, 3, 4, 5])
      switch engine {
      case .sqlite:
        #expect(result.error?.message.hasPrefix("2 rows violate 'amount_known' on 'orders'") == true)
        try connection.execute("INSERT INTO orders VALUES (9, 'ann', NULL)")
      case .postgres:
        #expect(
          result.summary.waiting["amount_known"]?.contains(
            "2 rows violate 'amount_known' on 'orders'; mend them, or declare delete_violations") == true)
        // It holds for new rows already.
        #expect(code(connection, "INSERT INTO orders VALUES (9, 'ann', NULL)") == .checkViolation)
      }
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func checks(engine: Engine) async throws {
    let tree = try tree(
      "name: a, kind: constraint, constraint: Positive amount, table: orders, key: id, check: 'amount > 0 -- or NULL', delete_violations: true"
    )
    try await migrate(engine, tree) { (connection, result) throws in
      #expect(result.error == nil && result.summary.waiting.isEmpty)
      #expect(try ids(connection) == [1, 2, 3, 4])
      #expect(code(connection, "UPDATE orders SET amount = 0 WHERE id = 1") == .checkViolation)
      if engine == .postgres { #expect(try constraints(connection) == ["Positive amount"]) }
    }
  }

  @Test(arguments: TestDatabase.availableEngines, [false, true])
  func foreignKeys(engine: Engine, isDeferred: Bool) async throws {
    let tree = try tree(
      """
      name: known, kind: constraint, table: orders, key: id, delete_violations: true,
          foreign_key: {columns: customer, references: customers, to: name, on_delete: cascade, deferrable: \(isDeferred)}
      """)
    try await migrate(engine, tree) { (connection, result) throws in
      #expect(result.error == nil && result.summary.waiting.isEmpty)
      #expect(try ids(connection) == [1, 2, 4, 5])
      try connection.execute("DELETE FROM customers WHERE name = 'ann'")
      #expect(try ids(connection) == [2, 4])
      let add = "INSERT INTO orders VALUES (9, 'zoe', 1)"
      guard isDeferred else { return #expect(code(connection, add) == .foreignKeyViolation) }
      try connection.transaction {
        try $0.execute(add)
        try $0.execute("INSERT INTO customers VALUES ('zoe')")
      }
      let error = #expect(throws: SQLError.self) {
        try connection.transaction { _ = try $0.execute("INSERT INTO orders VALUES (10, 'max', 1)") }
      }
      #expect(error?.code == .foreignKeyViolation)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func foreignKeysOfSeveralColumnsWithOddNames(engine: Engine) async throws {
    let schema = """
      CREATE TABLE "a parent" ("x y" BIGINT, "select" BIGINT, PRIMARY KEY ("x y", "select"));
      CREATE TABLE "größe" ("id" BIGINT PRIMARY KEY, "the x" BIGINT, "from" BIGINT);
      INSERT INTO "a parent" VALUES (1, 1), (1, 2);
      INSERT INTO "größe" VALUES (1, 1, 1), (2, 1, 3), (3, NULL, 3), (4, 2, NULL), (5, 3, 3), (6, 1, 2);
      """
    let tree = try tree(
      """
      name: k, kind: constraint, table: größe, key: id, delete_violations: true,
          foreign_key: {columns: [the x, from], references: a parent, to: [x y, select]}
      """, schema: schema)
    try await migrate(engine, tree) { (connection, result) throws in
      #expect(result.error == nil && result.summary.waiting.isEmpty)
      #expect(try ids(connection, of: "größe") == [1, 3, 4, 6])
      #expect(code(connection, #"DELETE FROM "a parent""#) == .foreignKeyViolation)
    }
  }

  /// Row 3 is to be deleted, row 4 references it, and row 5 that one.
  @Test(
    arguments: TestDatabase.availableEngines,
    [("cascade", [1, 2, 6]), ("set_null", [1, 2, 4, 5, 6]), ("no_action", [1, 2, 3, 4, 5, 6])]
      as [(String, [SQLValue])])
  func keysToTheTableItself(engine: Engine, expected: (action: String, ids: [SQLValue])) async throws {
    let schema = """
      CREATE TABLE node (id BIGINT PRIMARY KEY, up BIGINT);
      INSERT INTO node VALUES (1, NULL), (2, 1), (3, 99), (4, 3), (5, 4), (6, 6);
      """
    let tree = try tree(
      """
      name: k, kind: constraint, table: node, key: id, delete_violations: true,
          foreign_key: {columns: up, references: node, to: id, on_delete: \(expected.action)}
      """, schema: schema)
    try await migrate(engine, tree) { (connection, result) throws in
      #expect(try ids(connection, of: "node") == expected.ids)
      let isRefused = expected.action == "no_action"
      #expect((result.error != nil || !result.summary.waiting.isEmpty) == isRefused)
      guard !isRefused else { return }
      #expect(code(connection, "INSERT INTO node VALUES (7, 3)") == .foreignKeyViolation)
      try connection.execute("INSERT INTO node VALUES (8, 8)")
    }
  }

  /// What a constraint waits for fills the rows first; on SQLite in the foreground of the migration.
  @Test(arguments: TestDatabase.availableEngines)
  func waitsForWhatFillsTheRows(engine: Engine) async throws {
    let tree = try tree(
      "name: fill, kind: backfill, table: orders, key: id, sql: 'UPDATE orders SET amount = 0 WHERE amount IS NULL AND {range}'",
      "name: known, kind: constraint, table: orders, key: id, not_null: amount, delete_violations: true, depends_on: fill"
    )
    try await migrate(engine, tree) { (connection, result) throws in
      #expect(result.error == nil && result.summary.waiting.isEmpty)
      #expect(result.summary.completed == (engine == .sqlite ? [] : ["fill", "known"]))
      #expect(try ids(connection) == [1, 2, 3, 4, 5])
      #expect(code(connection, "INSERT INTO orders VALUES (9, 'ann', NULL)") == .notNullViolation)
    }
    guard engine == .sqlite else { return }
    try await migrate(engine, tree, completes: false) { (connection, result) throws in
      #expect(result.error?.code == .updatesPending)
      #expect(result.error?.message.contains("waits for fill") == true)
      #expect(try ids(connection) == [1, 2, 3, 4, 5])
    }
  }

  /// As after a crash between a step and what follows, or on a database that was mended by hand.
  @Test(arguments: TestDatabase.availableEngines)
  func whatIsThereIsLeftAlone(engine: Engine) async throws {
    let schema = """
      CREATE TABLE customers (name TEXT PRIMARY KEY);
      CREATE TABLE orders (id BIGINT PRIMARY KEY, customer TEXT, amount BIGINT NOT NULL,
        CONSTRAINT positive CHECK (amount > 0), CONSTRAINT known FOREIGN KEY (customer) REFERENCES customers (name));
      """
    let tree = try tree(
      "name: positive, kind: constraint, table: orders, check: amount > 0",
      "name: amount_known, kind: constraint, table: orders, not_null: amount",
      "name: known, kind: constraint, table: orders, foreign_key: {columns: customer, references: customers, to: name}",
      schema: schema)
    try await migrate(engine, tree) { (connection, result) throws in
      #expect(result.error == nil && result.summary.waiting.isEmpty)
      #expect(code(connection, "INSERT INTO orders VALUES (9, NULL, NULL)") == .notNullViolation)
      switch engine {
      case .sqlite:
        let certificates = try connection.query("SELECT verified FROM gradus_update_certificates").map {
          $0[0]
        }
        #expect(certificates == Array(repeating: "it was there already", count: 3))
      case .postgres: #expect(try Set(constraints(connection)) == ["positive", "known"])
      }
    }
  }

  /// The check that is declared does not find what the constraint refuses.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func aCheckThatIsNotTheConstraintsDoesNotGoRoundInCircles() async throws {
    let schema = Self.schema + "ALTER TABLE orders ADD CONSTRAINT positive CHECK (amount > 0) NOT VALID;"
    let tree = try tree(
      "name: wrong, kind: validate_constraint, table: orders, constraint: positive, key: id, check: amount > -10, delete_violations: true",
      schema: schema)
    try await migrate(.postgres, tree) { (connection, result) throws in
      #expect(result.summary.waiting["wrong"]?.contains("but the declared check finds none") == true)
      #expect(try ids(connection) == [1, 2, 3, 4, 5])
    }
  }

  /// The rows cannot be deleted.
  @Test(arguments: TestDatabase.availableEngines)
  func violationsThatStayAreAnError(engine: Engine) async throws {
    let trigger =
      switch engine {
      case .sqlite: "CREATE TRIGGER keep BEFORE DELETE ON orders BEGIN SELECT RAISE(IGNORE); END;"
      case .postgres:
        """
        CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
        CREATE TRIGGER keep BEFORE DELETE ON orders FOR EACH ROW EXECUTE FUNCTION keep();
        ALTER TABLE orders ADD CONSTRAINT positive CHECK (amount > 0) NOT VALID;
        """
      }
    let work = Self.positive
    try await TestDatabase.withDatabase(engine) { database in
      let schema = Self.schema + trigger
      try await database.open().transaction { connection in
        try connection.executeScript(schema)
        var progress = "{}"
        let failure = #expect(throws: ConstraintViolations.self) {
          for _ in 1...20 {
            progress = try #require(try work.runBatch(progress, size: 2, on: connection).next)
          }
        }
        #expect(failure?.count == 1)
        // What is declared already is no advice.
        let text = failure?.description ?? ""
        #expect(
          text.contains("a trigger keeps them") && !text.contains("declare delete_violations"), "\(text)")
      }
    }
  }

  /// As the homeserver writes that no row has been checked.
  @Test(arguments: TestDatabase.availableEngines)
  func anEmptyBoundIsTheBeginning(engine: Engine) async throws {
    let work = Self.positive
    try await TestDatabase.withDatabase(engine) { database in
      let schema = Self.schema
      try await database.open().run { connection in
        try connection.executeScript(schema)
        let result = try work.runBatch(#"{"state":"check","lower_bound":[]}"#, size: 10, on: connection)
        #expect(result.scanned == 5 && result.written == 1)
      }
    }
  }

  /// A saved count is added to: one beyond any table's is refused, and the greatest that is not can still grow.
  @Test(arguments: TestDatabase.availableEngines)
  func aSavedCountOfDeletedRowsDoesNotOverflow(engine: Engine) async throws {
    let work = Self.positive
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      let schema = Self.schema
      try await session.run { connection in
        try connection.executeScript(schema)
        for count in [Int.max, Int.max - 1, Int.max / 2, -1, Int.min] {
          #expect(throws: UpdateFailure.self, "\(count)") {
            try work.runBatch(#"{"state":"check","deleted":\#(count)}"#, size: 10, on: connection)
          }
        }
        #expect(try ids(connection) == [1, 2, 3, 4, 5])
        let most = Int.max / 2 - 1
        let result = try work.runBatch(#"{"state":"check","deleted":\#(most)}"#, size: 10, on: connection)
        #expect(result.written == 1)
        #expect(result.next?.contains("\(most + 1)") == true)
        #expect(try ids(connection) == [1, 2, 3, 4])
      }
    }
  }
}
