import Testing

@testable import Gradus

@Suite struct CanonicalSQLTests {
  /// A quote within a name stays doubled, lest two names have one form.
  @Test(arguments: [
    (#"SELECT "a""b" "#, #"select "a""b""#), (#"SELECT `a"b`"#, #"select "a""b""#),
    (#"SELECT "a" "b c""#, #"select a "b c""#), (#"SELECT "" """", x"#, #"select "" """", x"#),
  ])
  func quotesWithinNames(sql: String, expected: String) {
    #expect(CanonicalSQL.text(sql) == expected)
    #expect(CanonicalSQL.text(expected) == expected)
  }
}
