import GradusSQL
import Testing

@testable import Gradus

@Suite struct SQLParameterTests {
  private func first(_ sql: String, _ engine: Engine) -> String? {
    let bytes = Array(sql.utf8)
    return SQLParameter.first(in: bytes, on: engine).map { String(decoding: bytes[$0], as: UTF8.self) }
  }

  @Test(arguments: [
    ("SELECT ?", "?"), ("SELECT ?12 + 1", "?12"), ("UPDATE t SET a = :lower", ":lower"), ("SELECT @é", "@é"),
    ("SELECT #a", "#a"), ("SELECT $1", "$1"), ("VALUES (1, $a$hello$a$)", "$a$hello$a$"),
    ("SELECT $$it is$$", "$$it"), ("SELECT 'it''s', \"?\", `:a` -- ?\n, :b", ":b"),
  ])
  func isOneOnSQLite(sql: String, parameter: String) { #expect(first(sql, .sqlite) == parameter) }

  @Test(arguments: [
    "SELECT ':a ? $1 @b #c'", "SELECT \":a\", `?`, [@b]", "SELECT 1 -- :a ?\n/* $1 */", "SELECT a$1 FROM t$",
    "SELECT a->>'$.b' FROM t", "SELECT x::text", "SELECT 'a' ':b'",
  ])
  func isNoneOnSQLite(sql: String) { #expect(first(sql, .sqlite) == nil) }

  @Test(arguments: [
    ("SELECT $1", "$1"), ("SELECT '$1', a$1, $23::text", "$23"), (#"SELECT E'\'$1', $2"#, "$2"),
    ("SELECT $a$ $1 $a$, $3", "$3"),
  ])
  func isOneOnPostgres(sql: String, parameter: String) { #expect(first(sql, .postgres) == parameter) }

  @Test(arguments: [
    "SELECT a ? 'b', c @> d, e # f, g[1:2], :h", "DO $$ BEGIN PERFORM '$1'; END $$", "SELECT $a$ $1 $a$",
    "SELECT '$1', \"$2\", a$1 -- $3\n/* $4 */",
  ])
  func isNoneOnPostgres(sql: String) { #expect(first(sql, .postgres) == nil) }
}
