import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus

/// Scripts that are refused before the first step.
@Suite struct RefusedScriptTests {
  private static func tree(_ script: String) throws -> TemporarySchema {
    try TemporarySchema([
      "schema/schema.yaml": "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n",
      "schema/main/1/01_a.sql": "CREATE TABLE a (id BIGINT PRIMARY KEY);",
      "delta/main/2/01_first.sql": "CREATE TABLE b (id BIGINT PRIMARY KEY);",
      "delta/main/2/02_second.sql": script,
    ])
  }

  private func failure(_ engine: Engine, _ script: String) async throws -> GradusError {
    let tree = try Self.tree(script)
    return try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      func migrate(to version: Int) async throws {
        try await DatabaseMigrator(
          schema: try tree.definition(to: version), database: PhysicalDatabase(driver: database.driver)
        ).migrate(on: session)
      }
      try await migrate(to: 1)
      let error = await #expect(throws: GradusError.self) { try await migrate(to: 2) }
      #expect(
        try await session.run { try $0.queryRow("SELECT count(*) FROM applied_schema_deltas")?[0] } == 0)
      return try #require(error)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aCharacterThatNoScriptMayHold(engine: Engine) async throws {
    let error = try await failure(engine, "INSERT INTO a VALUES (1);\n-- \u{0}\nINSERT INTO a VALUES (2);")
    #expect(error.file == "delta/main/2/02_second.sql")
    #expect(error.cause?.message == "the script holds the character U+0000")
    #expect(error.description.contains("nothing was changed"))
  }

  @Test(arguments: TestDatabase.availableEngines, ["", "-- gradus:no-transaction\n"])
  func transactionControl(engine: Engine, directive: String) async throws {
    let error = try await failure(engine, "\(directive)BEGIN;\nINSERT INTO a VALUES (1);\nCOMMIT;")
    #expect(error.cause?.code == .forbiddenStatement)
    #expect(error.hint?.contains("remove the statement") == true)
    // Outside a transaction that would be false.
    #expect(error.hint?.contains("of its own") == false)
  }

  /// Also where the table is one that the delta makes, so that SQLite cannot prepare the statement before.
  @Test(arguments: [
    ("UPDATE a SET id = :lower;", 1, "':lower' is a parameter to SQLite", "write the value"),
    (
      "CREATE TABLE c (b TEXT);\nINSERT INTO c\n VALUES ($a$hello$a$);", 3, "'$a$hello$a$'",
      "no dollar quotes"
    ),
    ("-- gradus:no-transaction\nINSERT INTO a VALUES (?1);", 2, "'?1' is a parameter", "write the value"),
    ("INSERT INTO a VALUES (1);\n /* ; INSERT INTO a VALUES (2);", 2, "nothing closes this comment", "*/"),
    ("SELECT 1; /*/", 1, "nothing closes this comment", "*/"),
  ])
  func whatSQLiteTakesForSomethingElse(script: String, line: Int, message: String, hint: String) async throws
  {
    let error = try await failure(.sqlite, script)
    #expect(error.file == "delta/main/2/02_second.sql")
    #expect(error.position?.line == line, "\(error)")
    #expect(error.description.contains(message) && error.description.contains(hint), "\(error)")
    #expect(error.description.contains("nothing was changed"))
  }

  /// The engines say no more than where they stumble.
  @Test(
    arguments: TestDatabase.availableEngines,
    [
      ("SELECT 1;\n\\c other\nSELECT 2;", "leave out '\\c', which is a command of psql"),
      (".headers on\nSELECT 1;", "leave out '.headers', which is a command of SQLite's shell"),
      ("COPY a (id) FROM stdin;\n1\n\\.\n", "write the rows that COPY takes from a client as INSERT"),
      (
        "SELECT 1;\n<<<<<<< HEAD\nSELECT 2;\n=======\nSELECT 3;\n>>>>>>> other\n",
        "resolve the merge whose mark is line 2"
      ),
      ("SELEC 1;", "mend it and run again"),
    ])
  func whatIsForOtherPrograms(engine: Engine, example: (String, String)) async throws {
    let (script, hint) = example
    let error = try await failure(engine, script)
    #expect(error.cause?.code == .syntax)
    #expect(error.hint?.hasPrefix(hint) == true, "\(error)")
    #expect(error.hint?.hasSuffix("run again; nothing was changed") == true, "\(error)")
  }

  @Test func theStatementIsShown() async throws {
    let error = try await failure(.sqlite, "SELECT 1;\n-- why\nUPDATE a\nSET id = ?; SELECT 2;")
    #expect(error.statement == "UPDATE a\nSET id = ?;")
  }

  /// A full schema is looked at too.
  @Test func aFullSchemaWithAParameter() async throws {
    let tree = try TemporarySchema([
      "schema/schema.yaml": "version: 1\ncompat_version: 1\n",
      "schema/main/1/01_a.sql": "CREATE TABLE a (name TEXT);\nINSERT INTO a VALUES ($$it is$$);",
    ])
    try await TestDatabase.withDatabase(.sqlite) { database in
      let session = try await database.open()
      let error = await #expect(throws: GradusError.self) {
        try await DatabaseMigrator(
          schema: try tree.definition(), database: PhysicalDatabase(driver: database.driver)
        ).migrate(on: session)
      }
      #expect(error?.file == "schema/main/1/01_a.sql" && error?.position?.line == 2)
      #expect(try await session.run { try CatalogTables.names($0) }.isEmpty)
    }
  }

  /// SQLite ignores it in a transaction, and a table that is built anew takes the rows along that refer to it.
  @Test(arguments: [
    "PRAGMA foreign_keys = OFF;", "SELECT 1;\npragma main.\"Foreign_Keys\"(0);", "PRAGMA foreign_keys=no",
  ])
  func foreignKeysInATransaction(script: String) async throws {
    let error = try await failure(.sqlite, script)
    #expect(error.message.contains("does nothing in a transaction"), "\(error)")
    #expect(error.position?.line == (script.hasPrefix("SELECT") ? 2 : 1))
    #expect(error.hint?.contains("-- gradus:no-transaction") == true)
  }

  @Test(arguments: [
    "PRAGMA foreign_keys = ON;", "PRAGMA foreign_keys;", "SELECT 'PRAGMA foreign_keys = OFF';",
    "-- gradus:no-transaction\nPRAGMA foreign_keys = OFF;",
    "-- PRAGMA foreign_keys = OFF\nSELECT ':a ? $b$';",
    "SELECT 1; /* closed */ -- /* open", "SELECT '/*';", "",
  ])
  func whatIsAsItIsMeant(script: String) async throws {
    let tree = try Self.tree(script)
    try await TestDatabase.withDatabase(.sqlite) { database in
      let session = try await database.open()
      for version in 1...2 {
        try await DatabaseMigrator(
          schema: try tree.definition(to: version), database: PhysicalDatabase(driver: database.driver)
        ).migrate(on: session)
      }
      #expect(
        try await session.run { try $0.queryRow("SELECT count(*) FROM applied_schema_deltas")?[0] } == 2)
    }
  }

  /// It shows what the statement met, and not which of an own script's it was.
  @Test(arguments: TestDatabase.availableEngines)
  func ownScriptsFailByTheirStatements(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      let error = await #expect(throws: SQLError.self) {
        try await session.transaction { try BookkeepingTables.forgetUnqueued(on: $0) }
      }
      #expect(error?.code == .undefinedObject)
    }
  }
}
