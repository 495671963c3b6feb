import GradusPort
import GradusSQL
import GradusTestSupport
import Testing

/// Sources that do not keep texts as UTF-8.
@Suite(.enabled(if: TestDatabase.availableEngines.contains(.postgres))) struct EncodingTests {
  private static let words = ["", "a", "ab", "b", "ä", "日本", "👩‍👩‍👧", "e\u{301}", "z"]

  /// - Parameter chunkRows: with one row a transaction every key is gone on after.
  @Test(arguments: [1, 4]) func keysInUTF16(chunkRows: Int) async throws {
    try await TestDatabase.withDatabase(.sqlite) { source in
      try await TestDatabase.withDatabase(.postgres) { target in
        let files = PortPlace.files(
          sqlite: "CREATE TABLE words (word TEXT PRIMARY KEY, n BIGINT) WITHOUT ROWID;",
          postgres: "CREATE TABLE words (word TEXT PRIMARY KEY, n BIGINT);")
        let place = PortPlace(schema: try TemporarySchema(files), source: source, target: target)
        let session = try await source.open()
        // Nothing is in the file yet.
        try await session.run { _ = try $0.execute("PRAGMA encoding = 'UTF-16'") }
        try await place.migrate(on: session)
        let encoding = try await session.transaction { connection -> String? in
          for (index, word) in Self.words.enumerated() {
            try connection.execute("INSERT INTO words VALUES ($1, $2)", [.text(word), SQLValue(index)])
          }
          return try connection.queryRow("PRAGMA encoding")?[0].text
        }
        #expect(encoding?.hasPrefix("UTF-16") == true)
        let result = try await place.port(PortOptions(chunkRows: chunkRows))
        #expect(result.status == .complete, "\(result.differences)")
        #expect(
          try await place.rows("SELECT word FROM words ORDER BY n") == Self.words.map { [SQLValue.text($0)] })
      }
    }
  }
}
