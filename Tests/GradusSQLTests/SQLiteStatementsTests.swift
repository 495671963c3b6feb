import GradusSQLite
import Testing

/// Where SQLite's statements end.
@Suite struct SQLiteStatementsTests {
  private static let trigger =
    "CREATE TRIGGER a AFTER INSERT ON t BEGIN UPDATE t SET b = CASE WHEN a THEN ';END;' END; SELECT 1; END;"

  @Test(
    arguments: [
      ("SELECT 1; SELECT 2", ["SELECT 1;", "SELECT 2"]),
      ("SELECT 'a;''b;'; SELECT 2;", ["SELECT 'a;''b;';", "SELECT 2;"]),
      (#"SELECT ";'", [;"], `;"`; SELECT 2;"#, [#"SELECT ";'", [;"], `;"`;"#, "SELECT 2;"]),
      (
        "SELECT 1 -- it's;\n, 2; -- ;\n/* ';' */ SELECT 2/*;*/;",
        ["SELECT 1 -- it's;\n, 2;", "SELECT 2/*;*/;"]
      ),
      ("SELECT 4 / 2 - 1; SELECT 2;", ["SELECT 4 / 2 - 1;", "SELECT 2;"]),
      ("\(trigger) SELECT 2;", [trigger, "SELECT 2;"]),
      ("SELECT 'a; SELECT 2;", ["SELECT 'a; SELECT 2;"]),
      ("SELECT 1 /* ; SELECT 2;", ["SELECT 1 /* ; SELECT 2;"]),
    ] as [(String, [String])])
  func areDivided(script: String, statements: [String]) {
    #expect(SQLiteStatements.split(script).map(\.text) == statements)
  }

  /// Such as the entities of HTML. To look at all that comes before each of them would take hours.
  @Test(.timeLimit(.minutes(1))) func aTextWithManySemicolons() {
    let script = "INSERT INTO t VALUES ('\(String(repeating: "&amp;", count: 300_000))'); SELECT 1;"
    #expect(SQLiteStatements.split(script).count == 2)
  }
}
