import Gradus
import GradusSQL
import GradusTestSupport
import Testing

@testable import GradusUpdates

@Suite struct DeclaredUpdateTests {
  /// Runs declared updates on a database that a script has prepared.
  private func run(
    _ engine: Engine, _ script: String, _ declarations: [UpdateDeclaration],
    check: @Sendable @escaping (Connection, UpdateRunner.Summary) throws -> Void
  ) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { connection in
        try BookkeepingTables.ensure(connection)
        try connection.transaction { try $0.executeScript(script) }
        for update in declarations.map(\.queueRow) {
          try connection.execute(
            "INSERT INTO background_updates (update_name, progress_json, depends_on, ordering) VALUES ($1, '{}', $2, $3)",
            [.text(update.name), SQLValue(update.dependsOn), SQLValue(update.ordering)])
        }
      }
      let summary = try await UpdateRunner(
        session: session, registry: UpdateRegistry(declarations: declarations),
        options: UpdateOptions(
          batches: BatchOptions(pause: .zero, defaultBatchSize: 2, maxBatchSize: 2, attempts: 2))
      ).run()
      try await session.run { try check($0, summary) }
    }
  }

  private func indexes(_ connection: Connection) throws -> [String] {
    let sql =
      connection.engine == .sqlite
      ? "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 't' AND sql IS NOT NULL ORDER BY 1"
      : "SELECT relname::text FROM pg_index JOIN pg_class ON oid = indexrelid WHERE indrelid = 't'::regclass AND indisvalid ORDER BY 1"
    return try connection.query(sql).map { try $0.text(0) }
  }

  /// What it sets would hold for the updates after it.
  @Test(arguments: TestDatabase.availableEngines)
  func whatAScriptSetsEndsWithIt(engine: Engine) async throws {
    let (query, set) =
      switch engine {
      case .sqlite: ("PRAGMA recursive_triggers", "PRAGMA recursive_triggers = ON")
      case .postgres:
        (
          "SELECT current_setting('session_replication_role') = 'replica'",
          "SET session_replication_role = replica"
        )
      }
    let script = UpdateDeclaration(name: "script", kind: .sql(.init("INSERT INTO t VALUES (1); \(set);")))
    try await run(engine, "CREATE TABLE t (x BIGINT);", [script]) { (connection, summary) throws in
      #expect(summary.completed == ["script"])
      #expect(try connection.queryRow(query)?[0].boolean == false)
      #expect(try connection.queryRow("SELECT count(*) FROM t")?[0] == 1)
    }
  }

  /// Its end is written in the same transaction.
  @Test(arguments: TestDatabase.availableEngines)
  func aScriptThatSetsWhereNamesGoIsCompleted(engine: Engine) async throws {
    let sql =
      switch engine {
      case .sqlite: "INSERT INTO t VALUES (1); PRAGMA query_only = ON;"
      case .postgres: "SET search_path = pg_catalog; INSERT INTO public.t VALUES (1);"
      }
    let script = UpdateDeclaration(name: "script", kind: .sql(.init(sql)))
    try await run(engine, "CREATE TABLE t (x BIGINT);", [script]) { (connection, summary) throws in
      #expect(summary.completed == ["script"])
      #expect(try connection.queryRow("SELECT count(*) FROM t")?[0] == 1)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func drainTakesKeysOffTheQueue(engine: Engine) async throws {
    let drain = UpdateDeclaration(
      name: "drain",
      kind: .drain(
        .init(
          table: "q", key: ["x", "y"],
          sql: .init(
            "INSERT INTO t SELECT q.x, count(*) FROM q WHERE {range:q} AND q.y < 9 GROUP BY q.x ON CONFLICT (x) DO UPDATE SET n = t.n + excluded.n"
          ))))
    try await run(
      engine,
      """
      CREATE TABLE t (x TEXT PRIMARY KEY, n BIGINT);
      CREATE TABLE q (x TEXT NOT NULL, y BIGINT NOT NULL, PRIMARY KEY (x, y));
      INSERT INTO q VALUES ('a', 1), ('a', 2), ('a', 3), ('b', 1), ('c', 9);
      """, [drain]
    ) { (connection, summary) throws in
      #expect(summary.completed == ["drain"])
      #expect(try connection.query("SELECT x, n FROM t ORDER BY x").map(\.values) == [["a", 3], ["b", 1]])
      #expect(try connection.query("SELECT 1 FROM q").isEmpty)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func indexIsBuiltAndReplacesAnother(engine: Engine) async throws {
    let index = UpdateDeclaration(
      name: "ix",
      kind: .index(
        .init(name: "new_ix", table: "t", columns: ["b", "a"], condition: "b > 0", replaces: "old_ix")))
    try await run(engine, "CREATE TABLE t (a BIGINT, b BIGINT); CREATE INDEX old_ix ON t (b);", [index]) {
      (connection, summary) throws in
      #expect(summary.completed == ["ix"])
      #expect(try indexes(connection) == ["new_ix"])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aCommentHidesNothingOfAnIndex(engine: Engine) async throws {
    let columns = ["b -- newest", "lower(a) -- any case"]
    let index = UpdateDeclaration(
      name: "ix", kind: .index(.init(name: "ix", table: "t", columns: columns, condition: "b > 0 -- few")))
    try await run(engine, "CREATE TABLE t (a TEXT, b BIGINT);", [index]) { (connection, summary) throws in
      #expect(summary.completed == ["ix"])
      #expect(try indexes(connection) == ["ix"])
    }
  }

  /// A concurrent build that failed leaves an invalid index of its name, as a killed one does.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func anInvalidIndexIsRebuilt() async throws {
    let index = UpdateDeclaration(
      name: "ix", kind: .index(.init(name: "ix", table: "t", columns: ["a"], isUnique: true)))
    try await TestDatabase.withDatabase(.postgres) { database in
      let session = try await database.open()
      try await session.run { connection in
        try BookkeepingTables.ensure(connection)
        try connection.execute("CREATE TABLE t (a BIGINT)")
        try connection.execute("INSERT INTO t VALUES (1), (1)")
        #expect(throws: SQLError.self) {
          try connection.execute("CREATE UNIQUE INDEX CONCURRENTLY ix ON t (a)")
        }
        #expect(try indexes(connection) == [])
        try connection.execute("INSERT INTO background_updates VALUES ('ix', '{}')")
      }
      let runner = UpdateRunner(
        session: session, registry: UpdateRegistry(declarations: [index]),
        options: UpdateOptions(batches: BatchOptions(pause: .zero, attempts: 2)))
      // While the rows are bad it parks, and leaves no half-built index for long.
      #expect(try await runner.run().waiting["ix"]?.contains("23505") == true)
      try await session.run { _ = try $0.execute("DELETE FROM t WHERE ctid = (SELECT min(ctid) FROM t)") }
      // It stays parked until somebody asks for it.
      #expect(try await runner.run().waiting["ix"]?.contains("23505") == true)
      #expect(try await session.transaction { try QueueControls($0).retry("ix") })
      #expect(try await runner.run().completed == ["ix"])
      #expect(try await session.run { try indexes($0) } == ["ix"])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func violatingRowsAreDeletedAndTheConstraintValidated(engine: Engine) async throws {
    let constraint = UpdateDeclaration(
      name: "valid",
      kind: .validateConstraint(
        .init(
          table: "t", constraint: "n_known", key: ["x"], check: "n IS NOT NULL -- as it is read",
          deletesViolations: true, setNotNull: "n")))
    let add =
      engine == .postgres ? "ALTER TABLE t ADD CONSTRAINT n_known CHECK (n IS NOT NULL) NOT VALID;" : ""
    try await run(
      engine,
      """
      CREATE TABLE t (x BIGINT PRIMARY KEY, n BIGINT);
      INSERT INTO t VALUES (1, 1), (2, NULL), (3, 3), (4, NULL), (5, 5);
      \(add)
      """, [constraint]
    ) { (connection, summary) throws in
      #expect(summary.completed == ["valid"])
      #expect(try connection.query("SELECT x FROM t ORDER BY x").map { $0[0] } == [1, 3, 5])
      if connection.engine == .postgres {
        let row = try connection.queryRow(
          "SELECT convalidated, (SELECT attnotnull FROM pg_attribute WHERE attrelid = 't'::regclass AND attname = 'n') FROM pg_constraint WHERE conname = 'n_known'"
        )
        #expect(row?.values == [true, true])
      }
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func violatingRowsThatMayNotBeDeletedPark(engine: Engine) async throws {
    let constraint = UpdateDeclaration(
      name: "valid",
      kind: .validateConstraint(.init(table: "t", constraint: "n_known", key: ["x"], check: "n IS NOT NULL")))
    let add =
      engine == .postgres ? "ALTER TABLE t ADD CONSTRAINT n_known CHECK (n IS NOT NULL) NOT VALID;" : ""
    try await run(
      engine, "CREATE TABLE t (x BIGINT PRIMARY KEY, n BIGINT); INSERT INTO t VALUES (1, NULL); \(add)",
      [constraint]
    ) { (connection, summary) throws in
      #expect(summary.waiting["valid"]?.contains("1 row violates 'n_known'") == true)
      #expect(try connection.query("SELECT x FROM t").count == 1)
    }
  }

  /// SQLite has no such constraint, and what would have to hold was not said.
  @Test func whatWasNotCheckedIsNotCertified() async throws {
    let constraint = UpdateDeclaration(
      name: "valid", kind: .validateConstraint(.init(table: "t", constraint: "c")))
    try await run(.sqlite, "CREATE TABLE t (x BIGINT); INSERT INTO t VALUES (NULL);", [constraint]) {
      (connection, summary) throws in
      #expect(summary.completed == ["valid"])
      let certificate = try UpdateCertificate.read("valid", on: connection)
      #expect(certificate?.verified == "not checked: the declaration of c has no 'check'")
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func scriptsRunOnceAfterWhatTheyDependOn(engine: Engine) async throws {
    let first = UpdateDeclaration(
      name: "z_first", kind: .sql(.init("INSERT INTO t VALUES (1); INSERT INTO t VALUES (2);")))
    let second = UpdateDeclaration(
      name: "a_second", kind: .sql(.init("INSERT INTO t SELECT max(x) + 1 FROM t;")),
      dependsOn: ["z_first", "gone"])
    try await run(engine, "CREATE TABLE t (x BIGINT);", [first, second]) { (connection, summary) throws in
      #expect(summary.completed == ["z_first", "a_second"])
      #expect(try connection.query("SELECT x FROM t ORDER BY x").map { $0[0] } == [1, 2, 3])
    }
  }

}
