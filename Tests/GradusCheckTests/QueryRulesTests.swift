import Gradus
import GradusCheck
import GradusSQL
import Testing

/// Rules on the application's own queries.
@Suite struct QueryRulesTests {
  @Test(arguments: [
    ("SELECT * FROM things", ["Q01"]), ("SELECT t.* FROM things t", ["Q01"]),
    ("DELETE FROM things WHERE id = 1 RETURNING *", ["Q01"]), ("INSERT INTO things VALUES (1, 'a')", ["Q02"]),
    ("INSERT INTO things SELECT id, name FROM others", ["Q02"]),
    ("SELECT COUNT(*), size * 2 FROM things", []), ("INSERT INTO things (id) VALUES (1)", []),
  ])
  func columnsAreNamed(sql: String, expected: [String]) throws {
    let queries = try QueryFile.parse("-- query: it\n\(sql);\n", file: "queries/2.sql")
    #expect(QueryRules(queries).findings().map(\.rule) == expected)
  }
}
