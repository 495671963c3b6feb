import GradusLint
import GradusSQL
import Testing

@Suite struct StatementAnalyzerTests {
  private func locks(_ sql: String) throws -> [String] {
    try StatementAnalyzer.effects(of: sql, on: .postgres).flatMap(\.locks).map {
      "\($0.mode) \($0.table ?? $0.index.map { "of \($0)" } ?? "-")"
    }
  }

  @Test(arguments: [
    ("CREATE TABLE t (a INT REFERENCES p (a))", ["ACCESS EXCLUSIVE t", "SHARE ROW EXCLUSIVE p"]),
    ("CREATE TABLE t PARTITION OF p FOR VALUES IN (1)", ["ACCESS EXCLUSIVE t", "ACCESS EXCLUSIVE p"]),
    ("CREATE TABLE t () INHERITS (p)", ["ACCESS EXCLUSIVE t"]),
    ("VACUUM t, u", ["SHARE UPDATE EXCLUSIVE t", "SHARE UPDATE EXCLUSIVE u"]),
    ("VACUUM (FULL) t", ["ACCESS EXCLUSIVE t"]), ("ANALYZE", ["SHARE UPDATE EXCLUSIVE -"]),
    ("VACUUM (ANALYZE, FULL true) t", ["ACCESS EXCLUSIVE t"]),
    ("VACUUM (FULL 1) t", ["ACCESS EXCLUSIVE t"]),
    ("VACUUM (FULL off) t", ["SHARE UPDATE EXCLUSIVE t"]),
    ("VACUUM (FULL 0) t", ["SHARE UPDATE EXCLUSIVE t"]),
    ("EXPLAIN (ANALYZE, COSTS off) DELETE FROM t", ["ROW EXCLUSIVE t"]),
    ("EXPLAIN ANALYZE UPDATE t SET a = 1", ["ROW EXCLUSIVE t"]),
    ("EXPLAIN DELETE FROM t", []), ("EXPLAIN (ANALYZE off) DELETE FROM t", []),
    ("CREATE INDEX i ON t (a)", ["SHARE t"]),
    ("CREATE INDEX CONCURRENTLY i ON t (a)", ["SHARE UPDATE EXCLUSIVE t"]),
    ("ALTER TABLE t ADD COLUMN b INT", ["ACCESS EXCLUSIVE t"]),
    ("ALTER TABLE t VALIDATE CONSTRAINT c", ["SHARE UPDATE EXCLUSIVE t"]),
    (
      "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p (a) NOT VALID",
      ["SHARE ROW EXCLUSIVE t", "SHARE ROW EXCLUSIVE p"]
    ),
    ("ALTER TABLE t RENAME COLUMN a TO b", ["ACCESS EXCLUSIVE t"]),
    ("DROP TABLE t, public.u", ["ACCESS EXCLUSIVE t", "ACCESS EXCLUSIVE u"]),
    ("DROP INDEX i, j", ["ACCESS EXCLUSIVE of i", "ACCESS EXCLUSIVE of j"]),
    ("DROP INDEX CONCURRENTLY i", ["SHARE UPDATE EXCLUSIVE of i"]),
    ("DROP VIEW v", ["ACCESS EXCLUSIVE v"]),
    ("DROP TRIGGER g ON t", ["ACCESS EXCLUSIVE t"]),
    ("DROP SEQUENCE s", []),
    ("ALTER INDEX i RENAME TO j", ["SHARE UPDATE EXCLUSIVE of i"]),
    ("ALTER INDEX i SET (fillfactor = 90)", ["SHARE UPDATE EXCLUSIVE of i"]),
    ("ALTER INDEX i SET (fillfactor = 90, fastupdate = off)", ["ACCESS EXCLUSIVE of i"]),
    (
      "ALTER TABLE t SET (autovacuum_enabled = false, toast.autovacuum_enabled = false)",
      ["SHARE UPDATE EXCLUSIVE t"]
    ),
    ("ALTER TABLE t RESET (fillfactor), CLUSTER ON i", ["SHARE UPDATE EXCLUSIVE t"]),
    ("ALTER TABLE t SET (fillfactor = 90), ADD COLUMN b INT", ["ACCESS EXCLUSIVE t"]),
    ("ALTER TABLE t SET (user_catalog_table = true)", ["ACCESS EXCLUSIVE t"]),
    ("ALTER TABLE t ALTER COLUMN a SET (n_distinct = 5)", ["SHARE UPDATE EXCLUSIVE t"]),
    ("ALTER TABLE t DISABLE TRIGGER g, ENABLE ALWAYS TRIGGER h", ["SHARE ROW EXCLUSIVE t"]),
    ("ALTER TYPE y RENAME TO z", []),
    ("TRUNCATE t", ["ACCESS EXCLUSIVE t"]),
    ("CLUSTER t USING i", ["ACCESS EXCLUSIVE t"]),
    ("REINDEX TABLE t", ["SHARE t"]), ("REINDEX (CONCURRENTLY false) TABLE t", ["SHARE t"]),
    ("REINDEX INDEX CONCURRENTLY i", ["SHARE UPDATE EXCLUSIVE of i"]),
    ("REFRESH MATERIALIZED VIEW m", ["ACCESS EXCLUSIVE m"]),
    ("CREATE POLICY p ON t", ["ACCESS EXCLUSIVE t"]),
    ("CREATE RULE r AS ON INSERT TO t DO NOTHING", ["ACCESS EXCLUSIVE t"]),
    ("INSERT INTO t VALUES (1)", ["ROW EXCLUSIVE t"]),
    ("UPDATE t SET a = 1", ["ROW EXCLUSIVE t"]),
    ("SELECT 1", []),
  ])
  func takesLocks(sql: String, expected: [String]) throws {
    #expect(try locks(sql) == expected)
  }

  @Test(arguments: [
    ("INSERT INTO t VALUES (1)", false), ("INSERT INTO t SELECT a FROM u", true),
    ("UPDATE t SET a = 1", true),
    ("CREATE INDEX i ON t (a)", true), ("ALTER TABLE t ADD COLUMN b INT", false),
    ("ALTER TABLE t VALIDATE CONSTRAINT c", true), ("ALTER TABLE t ALTER COLUMN a SET STATISTICS 5", false),
    ("ALTER TABLE t ALTER COLUMN a TYPE TEXT", true), ("ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)", true),
    ("ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID", false),
    ("CLUSTER t USING i", true), ("REINDEX TABLE t", true), ("REFRESH MATERIALIZED VIEW m", true),
  ])
  func knowsWhatScans(sql: String, scans: Bool) throws {
    #expect(try StatementAnalyzer.effects(of: sql, on: .postgres).map(\.scans) == [scans])
  }

  /// What takes locks that are not known here is not passed over.
  @Test(arguments: [
    ("ALTER DOMAIN d ADD CHECK (VALUE > 0)", ["ALTER DOMAIN"]), ("DO $$ BEGIN END $$", ["DO"]),
    ("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", []), ("SELECT 1", []),
  ])
  func saysWhatItDoesNotKnow(sql: String, expected: [String]) throws {
    let actions = try StatementAnalyzer.postgresStatements(of: sql).flatMap(\.actions)
    #expect(actions == expected.map { .hidden($0) })
  }

  private static let script = """
    -- first; a comment
    /* and another; */ CREATE TABLE t (a INT);

    INSERT INTO t VALUES (';'); -- é
      SELECT 1
    """

  @Test(arguments: Engine.allCases)
  func placesStatements(engine: Engine) throws {
    let effects = try StatementAnalyzer.effects(of: Self.script, on: engine)
    #expect(
      effects.map(\.position) == [
        .init(line: 2, column: 20), .init(line: 4, column: 1), .init(line: 5, column: 3),
      ])
    #expect(effects[0].statement.hasPrefix("CREATE TABLE t (a INT)"))
  }

  @Test func keepsATriggersBodyWhole() throws {
    let script = "CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM u; DELETE FROM v; END;\nSELECT 1;"
    #expect(try StatementAnalyzer.effects(of: script, on: .sqlite).count == 2)
  }

  @Test func namesASyntaxErrorsPlace() throws {
    let error = try #require(throws: SQLError.self) {
      try StatementAnalyzer.effects(of: "SELECT 1;\nSELECT FROM WHERE;", on: .postgres)
    }
    #expect(error.code == .syntax)
    #expect(error.position?.line == 2)
  }

  /// Some hundred signs in a row are as many levels of a tree, which is an error like another of the parser's.
  @Test func deepExpressionsAreRefused() {
    let chain = Array(repeating: "a", count: 400).joined(separator: " || ")
    #expect(throws: SQLError.self) {
      try StatementAnalyzer.effects(of: "SELECT \(chain) FROM t", on: .postgres)
    }
  }

  /// To Swift a carriage return and the line feed behind it are one character.
  @Test func linesMayEndAsOnWindows() throws {
    let script = "-- why\r\nSELECT 1;\r\n-- and\r\nTRUNCATE t;\r\n"
    #expect(
      try StatementAnalyzer.effects(of: script, on: .postgres).map(\.statement) == ["SELECT 1", "TRUNCATE t"])
  }

  /// Comments are no statements of their own, wherever they are.
  @Test(arguments: Engine.allCases)
  func commentsAreNoStatements(engine: Engine) throws {
    let script = "-- First.\nSELECT 1; /* second */ SELECT 2; -- last\n  /* and */ ; -- the end"
    #expect(try StatementAnalyzer.effects(of: script, on: engine).count == 2)
  }
}
