import GradusPostgres
import GradusSQL
import GradusSQLite
import GradusTestSupport
import Testing

@Suite struct ErrorTests {
  private struct Case: Sendable {
    var statement: String
    var code: SQLError.Code
    var parameters: [SQLValue] = []
  }

  private static let cases = [
    Case(statement: "INSERT INTO t VALUES (1, 1)", code: .uniqueViolation),
    Case(statement: "INSERT INTO t VALUES (2, NULL)", code: .notNullViolation),
    Case(statement: "INSERT INTO t VALUES (3, -1)", code: .checkViolation),
    Case(statement: "INSERT INTO child VALUES (77)", code: .foreignKeyViolation),
    Case(statement: "SELECT * FROM missing", code: .undefinedObject),
    Case(statement: "SELECT missing FROM t", code: .undefinedObject),
    Case(statement: "SELECT missing_function(1)", code: .undefinedObject),
    Case(statement: "CREATE TABLE t (a INTEGER)", code: .duplicateObject),
    Case(statement: "ALTER TABLE t ADD COLUMN b INTEGER", code: .duplicateObject),
    Case(statement: "SELEC 1", code: .syntax),
    Case(statement: "SELECT 1; SELECT 2", code: .syntax),
    Case(statement: "SELECT $1", code: .other),
    Case(statement: "SELECT 1", code: .other, parameters: [1]),
  ]

  @Test(arguments: [
    ("", ""), ("  SELECT\n\t1 ", "SELECT 1"), (times("a", 160), times("a", 160)),
    (times("a", 161), times("a", 157) + "..."), (times("a", 160) + " a", times("a", 157) + "..."),
    (times("ab ", 60), times("ab ", 52) + "a..."),
    (times("a", 80) + "\n " + times("b", 79), times("a", 80) + " " + times("b", 79)),
  ])
  func aStatementIsShownOnOneLine(statement: String, line: String) {
    #expect(SQLError.shortened(statement) == line)
  }

  @Test(arguments: TestDatabase.availableEngines)
  func codes(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { connection in
        try connection.executeScript(
          """
          CREATE TABLE t (a INTEGER PRIMARY KEY, b INTEGER NOT NULL CHECK (b > 0));
          CREATE TABLE child (a INTEGER REFERENCES t (a));
          INSERT INTO t VALUES (1, 1);
          """)
        for test in Self.cases {
          let error = #expect(throws: SQLError.self, "\(test.statement)") {
            try connection.execute(test.statement, test.parameters)
          }
          #expect(error?.code == test.code, "\(test.statement): \(error.map(String.init(describing:)) ?? "")")
          #expect(error?.statement == test.statement)
          #expect((error?.sqlState != nil) == (engine == .postgres))
        }
        // None of them has hurt the connection.
        try #expect(connection.queryRow("SELECT count(*) FROM t")?[0] == 1)
      }
    }
  }

  /// Of the ways in which SQLite writes parameters one is that of both engines.
  @Test(arguments: ["SELECT ?", "SELECT ?1", "SELECT :1", "SELECT @1", "SELECT $a"])
  func parametersAreWrittenInOneWay(sql: String) async throws {
    try await TestDatabase.withDatabase(.sqlite) { database in
      let session = try await database.open()
      let error = await #expect(throws: SQLError.self) { try await session.run { try $0.query(sql, [1]) } }
      #expect(error?.code == .syntax)
      let value = try await session.run { try $0.queryRow("SELECT $1", [1])?[0] }
      #expect(value == 1)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func positionWithinStatement(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { connection in
        let error = #expect(throws: SQLError.self) { try connection.execute("SELECT 'é🙂',\n  missing") }
        #expect(error?.position == SourcePosition(line: 2, column: 3))
        #expect(error?.description.contains("line 2, column 3") == true)
      }
    }
  }

  /// The server quotes the value that it cannot read, and the row that violates a key.
  @Test(arguments: TestDatabase.availableEngines)
  func descriptionHoldsNoValues(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { connection in
        try connection.execute("CREATE TABLE t (a TEXT PRIMARY KEY, b INTEGER CHECK (b < 10))")
        try connection.execute("INSERT INTO t VALUES ($1, 1)", ["topsecret"])
        let failures = [
          ("INSERT INTO t VALUES ($1, 1)", [SQLValue.text("topsecret")]),
          ("INSERT INTO t VALUES ($1, 99)", ["topsecret"]),
          (engine == .postgres ? "SELECT $1::bigint" : "SELECT json($1)", ["topsecret"]),
          (engine == .postgres ? "SELECT $1::bigint" : "SELECT json($1)", ["a\"topsecret"]),
          (
            engine == .postgres ? "SELECT $1::text[]::bigint[]" : "SELECT json_extract($1, '$[')",
            [.textArray(["1", "topsecret"])]
          ),
          // The value of a row.
          (engine == .postgres ? "SELECT a::bigint FROM t" : "SELECT json(a) FROM t", []),
        ]
        for (statement, parameters) in failures {
          let error = #expect(throws: SQLError.self) { try connection.execute(statement, parameters) }
          #expect(error?.description.contains("topsecret") == false, "\(statement)")
          guard parameters.isEmpty else { continue }
          let failure = #expect(throws: ScriptError.self) { try connection.executeScript(statement) }
          #expect(failure?.error.description.contains("topsecret") == false, "\(statement)")
        }
      }
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func readOnly(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { _ = try $0.execute("CREATE TABLE t (a INTEGER)") }
      let error = await #expect(throws: SQLError.self) {
        try await session.transaction(.read) { _ = try $0.execute("INSERT INTO t VALUES (1)") }
      }
      #expect(error?.code == .readOnly)
      #expect(error?.statement == "INSERT INTO t VALUES (1)")
      let failure = await #expect(throws: ScriptError.self) {
        try await session.transaction(.read) { try $0.executeScript("SELECT 1; INSERT INTO t VALUES (1);") }
      }
      #expect(failure?.error.code == .readOnly && failure?.ordinal == 2)
      // Merely to be told how it would write is no writing.
      try await session.transaction(.read) { connection in
        #expect(try !connection.query("EXPLAIN DELETE FROM t").isEmpty)
        try connection.executeScript("EXPLAIN DELETE FROM t")
      }
      // The next one writes again.
      try await session.transaction { _ = try $0.execute("INSERT INTO t VALUES (1)") }
      let rows = try await session.transaction(.read) { try $0.query("SELECT a FROM t").map { $0[0] } }
      #expect(rows == [1])
      guard case .sqlite(let path) = database.location else { return }
      let reader = try await Session.open(SQLiteDriver(path: path, isReadOnly: true))
      let refused = await #expect(throws: SQLError.self) {
        try await reader.run { _ = try $0.execute("INSERT INTO t VALUES (1)") }
      }
      #expect(refused?.code == .readOnly)
    }
  }

  /// To PostgreSQL, zero is no limit at all.
  @Test(
    arguments: TestDatabase.availableEngines.filter { $0 == .postgres },
    [(Duration.zero, "1ms"), (.microseconds(999), "1ms"), (.milliseconds(20), "20ms")])
  func aShortLockTimeoutIsALimit(_ engine: Engine, limit: (Duration, String)) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let shown = try await database.open().run { connection in
        try connection.transaction(lockTimeout: limit.0) { try $0.queryRow("SHOW lock_timeout")?[0] }
      }
      #expect(shown == .text(limit.1))
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func lockTimeout(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let holder = try await database.open()
      try await holder.run { _ = try $0.execute("CREATE TABLE t (a INTEGER)") }
      let waiter: Session
      switch database.location {
      case .sqlite(let path): waiter = try await Session.open(SQLiteDriver(path: path, busyTimeout: 50))
      case .postgres:
        waiter = try await database.open()
        try await waiter.run { _ = try $0.execute("SET lock_timeout = '50ms'") }
      }
      try await holder.run { connection in
        try connection.execute(engine == .sqlite ? "BEGIN IMMEDIATE" : "BEGIN")
        if engine == .postgres { try connection.execute("LOCK TABLE t") }
      }
      let error = await #expect(throws: SQLError.self) {
        try await waiter.transaction { _ = try $0.execute("INSERT INTO t VALUES (1)") }
      }
      #expect(error?.code == .lockTimeout)
      #expect(error?.code.isTransient == true)
      // Once the lock is gone the same session goes on.
      try await holder.run { _ = try $0.execute("ROLLBACK") }
      try await waiter.transaction { _ = try $0.execute("INSERT INTO t VALUES (1)") }
    }
  }

  @Test(arguments: TestDatabase.availableEngines.filter { $0 == .postgres })
  func statementTimeout(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { connection in
        try connection.execute("SET statement_timeout = '50ms'")
        let error = #expect(throws: SQLError.self) { try connection.execute("SELECT pg_sleep(60)") }
        #expect(error?.code == .statementTimeout)
      }
    }
  }

  @Test(.timeLimit(.minutes(2)), arguments: TestDatabase.availableEngines)
  func aLimitHoldsForScriptsToo(_ engine: Engine) async throws {
    let endless =
      engine == .sqlite
      ? "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c"
      : "SELECT pg_sleep(600)"
    try await TestDatabase.withDatabase(engine) { database in
      try await database.open().run { connection in
        try connection.withStatements(limitedTo: .milliseconds(50)) {
          let error = #expect(throws: SQLError.self) { try connection.execute(endless) }
          #expect(error?.code == .statementTimeout)
          let failure = #expect(throws: ScriptError.self) {
            try connection.executeScript("SELECT 1; \(endless);")
          }
          #expect(failure?.error.code == .statementTimeout)
        }
        try connection.execute("CREATE TABLE t (id BIGINT)")
      }
    }
  }

  @Test(arguments: TestDatabase.availableEngines.filter { $0 == .postgres })
  func lostConnection(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let victim = try await database.open()
      let killer = try await database.open()
      let pid = try await victim.run { try #require(try $0.queryRow("SELECT pg_backend_pid()"))[0] }
      let task = Task { try await victim.transaction { _ = try $0.execute("SELECT pg_sleep(600)") } }
      try await Task.sleep(for: .milliseconds(100))
      try await killer.run { _ = try $0.execute("SELECT pg_terminate_backend($1::integer)", [pid]) }
      let error = await #expect(throws: SQLError.self) { try await task.value }
      #expect(error?.code == .connectionLost)
      let later = await #expect(throws: SQLError.self) {
        try await victim.run { _ = try $0.query("SELECT 1") }
      }
      #expect(later?.code == .connectionLost)
    }
  }
}

private func times(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }
