import GradusSQL
import GradusTestSupport
import Testing

/// To Swift a quote and an accent behind it are one character, which is not equal to the quote.
@Suite struct SQLTextTests {
  private static let odd = [
    "it's", "'\u{301}", "a'\u{301}'\u{200D}b", "\"\u{301}", "x\"\u{20DD}\"y", "''", "\"", "'\r\n'", "\u{301}",
    "'; DROP TABLE t; --\u{301}",
  ]

  @Test(arguments: TestDatabase.availableEngines)
  func quotesAreDoubledWhateverComesBehindThem(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { connection in
        for text in Self.odd {
          let row = try connection.queryRow(
            "SELECT x.\(SQLText.identifier(text)) FROM (SELECT \(SQLText.literal(text)) AS \(SQLText.identifier(text))) x"
          )
          #expect(row?[0].text.map { Array($0.utf8) } == Array(text.utf8))
        }
      }
    }
  }

  @Test(arguments: odd) func whatIsQuotedIsReadAgain(text: String) {
    #expect(SQLText.unquoted(SQLText.literal(text)).utf8.elementsEqual(text.utf8))
    #expect(SQLText.unquoted(SQLText.identifier(text)).utf8.elementsEqual(text.utf8))
  }
}
