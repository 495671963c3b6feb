import GradusSQL
import Testing

@testable import Gradus

/// What SQL that is put into a statement may not do to the rest of that.
@Suite struct SQLFragmentTests {
  private func message(_ sql: String, _ place: SQLFragment.Place, _ engine: Engine) -> String? {
    SQLFragment.fault(in: sql, as: place, on: engine)?.message
  }

  @Test(
    arguments: Engine.allCases,
    [
      (" ", "says nothing"), (" \n -- a = 1", "says nothing"), ("a = 1;", "semicolon"),
      ("a = 1; DROP TABLE t", "semicolon"), ("a = 1 /* why", "comment"), ("a = 'it's'", "quote"),
      ("\"a = 1", "quote"), ("(a = 1", "brackets"), ("a = 1) OR (b = 2", "brackets"),
      ("a = 1) -- (", "brackets"), ("WHERE a = 1", "'WHERE'"), ("a = 1 LIMIT 5", "'LIMIT'"),
      ("a = 1\nOrder By b", "ORDER"), ("a = 1 UNION SELECT 1", "'UNION'"), ("{range} AND a = 1", "'{range}"),
      ("a = {value}", "'{value}'"),
    ])
  func aFaultOfAnExpression(engine: Engine, _ fault: (sql: String, message: String)) {
    let message = message(fault.sql, .expression, engine)
    #expect(message?.contains(fault.message) == true, "\(message ?? "none")")
  }

  @Test(
    arguments: Engine.allCases,
    [
      "a = 1", "a = 1 -- it's (", "a = 1 /* it's ( */", "a = ';' AND \"b;\" = '{}'", "lower(a)", "a DESC",
      "a IN (SELECT b FROM c WHERE d = 1 ORDER BY e LIMIT 1)", "SELECT b FROM c WHERE d = 1",
      "\"order\" = 1 OR \"limit\" IS NULL", "a = 'it''s'", "CASE WHEN a = 1 THEN 2 END", "orders > limits",
      "\u{E9} = 1", "data ->> '$.a' = '{\"(\":1}'", "a = X'1F' -- ' (",
    ])
  func noFaultOfAnExpression(engine: Engine, sql: String) {
    #expect(message(sql, .expression, engine) == nil)
  }

  /// Each engine by its own quotes and comments.
  @Test(arguments: [
    (#"a = E'it\'s'"#, Engine.postgres), ("a = $x$;({$x$", .postgres), ("a = 1 /* b /* ( */ ; */", .postgres),
    ("t.order = 1", .postgres), ("tags[1:2] = '{a}'::text[]", .postgres),
    ("data @? '$.a ? (@ > 1)' AND data ? 'b'", .postgres), ("f(a => 1, b := '(')", .postgres),
    (#"a = U&'\0041;(\' AND U&"\0062;(" = 1"#, .postgres), ("[a;(] = 1", .sqlite), ("`a;(` = 1", .sqlite),
    ("a = 1 /* b /* ( */", .sqlite),
  ])
  func noFaultToOneEngine(sql: String, engine: Engine) {
    #expect(message(sql, .expression, engine) == nil)
  }

  @Test(arguments: Engine.allCases)
  func statements(engine: Engine) {
    let update = "UPDATE t SET a = 1 WHERE {range} AND b IN (SELECT c FROM d AS e_1 WHERE {range:e_1})"
    for sql in [update, update + ";", update + " ; -- done", update + ";;"] {
      #expect(message(sql, .slicedStatement, engine) == nil)
      #expect(message(sql, .statement, engine)?.contains("{range}") == true)
    }
    for (sql, part) in [
      ("\(update); DELETE FROM d", "more than one statement"), ("\(update) /* ; ", "comment"),
      ("UPDATE t SET a = 1 WHERE { range }", "'{ range }'"), ("DELETE FROM t WHERE {ranges}", "'{ranges}'"),
      ("DELETE FROM t WHERE {range:caf\u{E9}}", "'{range:"), ("DELETE FROM t WHERE {range:1}", "'{range:1}'"),
      ("DELETE FROM t WHERE {range:s.t}", "'{range:s.t}'"), (" ", "says nothing"),
    ] {
      let found = message(sql, .slicedStatement, engine)
      #expect(found?.contains(part) == true, "\(sql): \(found ?? "none")")
    }
    #expect(message("DELETE FROM a; DELETE FROM b;", .script, engine) == nil)
    #expect(message("DELETE FROM a; /* DELETE FROM b;", .script, engine)?.contains("comment") == true)
    #expect(message("DELETE FROM a WHERE {range};", .script, engine)?.contains("{range}") == true)
  }
}
