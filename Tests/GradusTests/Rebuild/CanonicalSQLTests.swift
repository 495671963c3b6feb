import Testing

@testable import Gradus

@Suite struct CanonicalSQLTests {
  /// A quote within a name stays doubled, lest two names have one form.
  @Test(arguments: [
    (#"SELECT "a""b" "#, #"select "a""b""#), (#"SELECT `a"b`"#, #"select "a""b""#),
    (#"SELECT "a" "b c""#, #"select a "b c""#), (#"SELECT "" """", x"#, #"select "" """", x"#),
    (#"SELECT "2", "a2""#, #"select "2", a2"#),
    // With an accent behind it a quote is another character to Swift.
    ("SELECT \"a\"\"\u{301}\"", "select \"a\"\"\u{301}\""),
  ])
  func quotesWithinNames(sql: String, expected: String) {
    #expect(CanonicalSQL.text(sql) == expected)
    #expect(CanonicalSQL.text(expected) == expected)
  }

  /// SQLite takes upper and lower case for the same in ASCII letters only.
  @Test func letterCase() {
    #expect(CanonicalSQL.text("SELECT \u{C9}A, \u{E9}a") == "select \u{C9}a, \u{E9}a")
  }

  /// What is no comment and no number does not become one.
  @Test(arguments: [
    ("SELECT 1 - -2", "select 1- -2"), ("SELECT 4 / * 2", "select 4/ *2"), ("SELECT a . 0", "select a. 0"),
    ("SELECT 1 . a", "select 1 .a"),
  ])
  func signsThatWouldGrowTogether(sql: String, expected: String) {
    #expect(CanonicalSQL.text(sql) == expected)
    #expect(CanonicalSQL.text(expected) == expected)
  }
}
