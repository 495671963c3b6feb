import GradusSQL
import GradusTestSupport
import Testing

@Suite struct ScriptTests {
  /// Runs a script that fails in a transaction, and returns the failure and the tables that are left.
  private static func failure(_ engine: Engine, _ script: String) async throws -> (
    ScriptError, tables: SQLValue
  ) {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      let error = await #expect(throws: ScriptError.self) {
        try await session.transaction { try $0.executeScript(script) }
      }
      let tables = try await session.run { try $0.queryRow(countOfTables(engine))?[0] }
      return (try #require(error), try #require(tables))
    }
  }

  private static func countOfTables(_ engine: Engine) -> String {
    switch engine {
    case .sqlite: "SELECT count(*) FROM sqlite_schema"
    case .postgres: "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func runsStatementsInOrder(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.transaction { connection in
        try connection.executeScript("")
        try connection.executeScript(" -- nothing; at all\n ; /* ; */ ;")
        try connection.executeScript(
          "CREATE TABLE t (a TEXT);\r\nINSERT INTO t VALUES ('a;b');; INSERT INTO t VALUES ('é🙂') -- end")
        try #expect(connection.query("SELECT a FROM t ORDER BY a").map { $0[0] } == ["a;b", "é🙂"])
      }
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func triggerBodiesStayWhole(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.transaction { connection in
        try connection.executeScript(TransactionTests.triggerScript(engine))
        try connection.executeScript("INSERT INTO t VALUES (7);")
        try #expect(connection.queryRow("SELECT a FROM log")?[0] == 7)
      }
    }
  }

  /// Both parsers quote what nothing closes up to the end of the script.
  @Test(arguments: TestDatabase.availableEngines)
  func whatNothingClosesIsQuotedInShort(_ engine: Engine) async throws {
    let rest = String(repeating: "SELECT 1;\n", count: 100)
    let (failure, _) = try await Self.failure(engine, "SELECT 'open;\n" + rest)
    #expect(failure.error.code == .syntax)
    #expect(failure.error.message.count <= 160, "\(failure.error.message)")
    #expect(!failure.error.message.contains("\n"), "\(failure.error.message)")
  }

  /// The server knows a place in the script for none of the statements within a body.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres), "needs PostgreSQL"))
  func aStatementInABodyHasItsLine() async throws {
    let script = """
      CREATE FUNCTION divide(a INTEGER) RETURNS INTEGER LANGUAGE plpgsql AS $$
      BEGIN
        RETURN 1 / a;
      END $$;
      DO $$
      BEGIN
        PERFORM 1;
        PERFORM divide(0);
      END $$;
      """
    let (failure, _) = try await Self.failure(.postgres, script)
    #expect(failure.ordinal == 2)
    let context = try #require(failure.error.context)
    #expect(context.hasPrefix("PL/pgSQL function divide(integer) line 3 at RETURN, "), "\(context)")
    #expect(context.hasSuffix("PL/pgSQL function inline_code_block line 4 at PERFORM"), "\(context)")
    #expect("\(failure.error)".contains("\n  in: \(context)"))
  }

  /// Elsewhere the context quotes what is in rows.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres), "needs PostgreSQL"))
  func aStatementThatABodyMakesIsNotShown() async throws {
    let script = """
      CREATE TABLE t (a TEXT);
      INSERT INTO t VALUES ('sec' || 'ret');
      DO $$
      DECLARE
        found TEXT;
      BEGIN
        SELECT a INTO found FROM t;
        EXECUTE format('SELECT missing(%L)', found);
      END $$;
      """
    let (failure, _) = try await Self.failure(.postgres, script)
    #expect(failure.error.context == "PL/pgSQL function inline_code_block line 6 at EXECUTE")
    #expect(!"\(failure.error)".contains("secret"), "\(failure.error)")
  }

  @Test(arguments: TestDatabase.availableEngines)
  func syntaxErrorHasItsPlace(_ engine: Engine) async throws {
    let script = """
      -- 🙂 first
      CREATE TABLE t (a INTEGER);

      /* second */ SELECT 'é🙂', frm FROMM t;
      SELECT 1;
      """
    let (failure, tables) = try await Self.failure(engine, script)
    #expect(failure.error.code == .syntax)
    #expect(failure.ordinal == 2)
    // Both engines point at the `t` after what they take for an alias.
    #expect(failure.error.position == SourcePosition(line: 4, column: 37))
    #expect(failure.error.statement == "SELECT 'é🙂', frm FROMM t;")
    #expect(tables == 0)
  }

  @Test(arguments: TestDatabase.availableEngines)
  func missingTableHasItsPlace(_ engine: Engine) async throws {
    let script =
      "CREATE TABLE t (a INTEGER);\r\nINSERT INTO t VALUES (1);\r\n  INSERT INTO nowhere VALUES ('é');"
    let (failure, tables) = try await Self.failure(engine, script)
    #expect(failure.error.code == .undefinedObject)
    #expect(failure.ordinal == 3)
    #expect(failure.error.position?.line == 3)
    // SQLite names the table without saying where it is, so the statement's start stands for it.
    #expect(failure.error.position?.column == (engine == .postgres ? 15 : 3))
    #expect(failure.error.statement == "INSERT INTO nowhere VALUES ('é');")
    #expect(tables == 0)
  }

  /// An error of execution has no position of its own; the statement is found by counting.
  @Test(arguments: TestDatabase.availableEngines)
  func constraintErrorHasItsPlace(_ engine: Engine) async throws {
    let script = """
      CREATE TABLE t (a INTEGER PRIMARY KEY); -- it's one; or two
      ;
      INSERT INTO t VALUES (1);
        /* again */ INSERT INTO t
        VALUES (1);
      SELECT 1;
      """
    let (failure, tables) = try await Self.failure(engine, script)
    #expect(failure.error.code == .uniqueViolation)
    #expect(failure.ordinal == 3)
    #expect(failure.error.position == SourcePosition(line: 4, column: 15))
    #expect(failure.error.statement == "INSERT INTO t\n  VALUES (1);")
    #expect(tables == 0)
  }

  @Test(
    arguments: TestDatabase.availableEngines,
    ["COMMIT", "begin", "ROLLBACK", "END", "SAVEPOINT a", "release a", "/* x */ Commit /* y */"])
  func transactionControlIsRefused(_ engine: Engine, _ statement: String) async throws {
    let (failure, tables) = try await Self.failure(
      engine, "CREATE TABLE t (a INTEGER);\n\(statement);\nCREATE TABLE u (a INTEGER);")
    #expect(failure.error.code == .forbiddenStatement)
    #expect(failure.ordinal == 2)
    #expect(failure.error.position?.line == 2)
    #expect(tables == 0)
  }

  @Test(arguments: TestDatabase.availableEngines.filter { $0 == .postgres })
  func copyIsRefused(_ engine: Engine) async throws {
    for statement in ["COPY t FROM STDIN", "COPY t TO STDOUT"] {
      let (failure, tables) = try await Self.failure(
        engine, "CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1);\n\(statement);")
      #expect(failure.error.code == .forbiddenStatement)
      #expect(failure.error.position?.line == 2)
      #expect(tables == 0)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func nulCharacterIsRefused(_ engine: Engine) async throws {
    let (failure, tables) = try await Self.failure(engine, "CREATE TABLE t (a INTEGER);\0 SELECT 1")
    #expect(failure.error.code == .syntax)
    #expect(tables == 0)
  }

  /// SQLite takes a parameter without a value for NULL; PostgreSQL knows none in a script.
  @Test(arguments: TestDatabase.availableEngines, ["$1", "$2"])
  func parametersAreRefused(_ engine: Engine, _ parameter: String) async throws {
    let script = "CREATE TABLE t (a INTEGER);\n/* it */ INSERT INTO t VALUES (\(parameter));"
    let (failure, tables) = try await Self.failure(engine, script)
    #expect(failure.ordinal == 2)
    #expect(failure.error.position?.line == 2)
    #expect(failure.error.statement == "INSERT INTO t VALUES (\(parameter));")
    #expect(tables == 0)
  }

  @Test(arguments: [
    ("?", "write the value"), (":a", "write the value"), ("@a", "write the value"),
    ("$a$hello$a$", "no dollar quotes"), ("$$hello$$", "no dollar quotes"),
  ])
  func parametersAreRefusedByTheCheck(_ parameter: String, _ hint: String) async throws {
    try await TestDatabase.withDatabase(.sqlite) { database in
      try await database.open().run { connection in
        try connection.executeScript("CREATE TABLE t (a TEXT);")
        let script = "SELECT ':a ? $b$';\nINSERT INTO t VALUES (\(parameter));"
        for runs in [false, true] {
          let failure = try #require(throws: ScriptError.self) {
            try runs ? connection.executeScript(script) : connection.checkScript(script)
          }
          #expect(failure.error.code == .syntax && failure.ordinal == 2, "\(failure)")
          #expect(failure.error.hint?.contains(hint) == true, "\(failure)")
        }
        #expect(try connection.queryRow("SELECT count(*) FROM t")?[0] == 0)
      }
    }
  }

  /// Scripts that are checked together must not hide each other's errors, nor be run.
  /// Most settings of SQLite change when their PRAGMA is prepared.
  @Test func aCheckLeavesSettingsAlone() async throws {
    try await TestDatabase.withDatabase(.sqlite) { database in
      try await database.open().run { connection in
        try connection.checkScript(
          "PRAGMA foreign_keys = OFF;\nSELECT 1;\nPRAGMA foreign_keys = OFF;")
        #expect(try connection.queryRow("PRAGMA foreign_keys")?[0] == 1)
        // It is still found at fault behind one, and run as it is.
        let failure = #expect(throws: ScriptError.self) {
          try connection.checkScript("PRAGMA foreign_keys = OFF;\nSELEC 1;")
        }
        #expect(failure?.ordinal == 2)
        try connection.executeScript("PRAGMA foreign_keys = OFF;")
        #expect(try connection.queryRow("PRAGMA foreign_keys")?[0] == 0)
      }
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func findsWhetherScriptsAreWithoutFault(_ engine: Engine) async throws {
    let table = "CREATE TABLE t (a INTEGER)"
    let large = Array(
      repeating: "INSERT INTO t VALUES ('\(String(repeating: "x", count: 50_000))')", count: 9)
    let cases: [([String], Bool)] = [
      ([], true), ([table, "INSERT INTO t VALUES (1)"], true), ([table, "-- nothing"], true), (large, true),
      (["SELECT 1", "SELEC 1"], false), (["SELEC 1", "SELECT 1"], false), (large + ["SELEC 1"], false),
      (["SELEC 1"] + large, false), (["SELECT 1", "COMMIT"], false), (["SELECT 'a", "SELECT 'b"], false),
      (["SELECT (1", "2)"], false), ([#"SELECT "a"#, #"" FROM t"#], false),
      (["SELECT 1", "SELECT \0"], false),
    ]
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      for (scripts, expected) in cases {
        let isAccepted = try await session.run { try $0.accepts(scripts) }
        #expect(isAccepted == expected, "\(scripts.map { $0.prefix(20) })")
      }
      await #expect(throws: SQLError.self) { try await session.run { _ = try $0.query("SELECT * FROM t") } }
    }
  }
}
