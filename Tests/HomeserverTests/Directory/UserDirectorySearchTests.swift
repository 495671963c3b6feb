import GradusSQL
import GradusTestSupport
import Testing

@testable import HomeserverSchema

/// The directory as its readers use it.
@Suite struct UserDirectorySearchTests {
  /// bob shares a private room with carol and far, everybody sees dora, nobody sees eve.
  static func with(_ engine: Engine, _ body: @Sendable (Connection) throws -> Void) async throws {
    try await DirectoryWorld.with(engine) { directory in
      let names = [
        "bob": "Bob Smith", "carol": "Carol SMITHSON", "dora": "Dóra Ｓｍｉｔｈ", "eve": "Eve O'Smith \\ \"x\"",
      ]
      for (user, name) in names {
        try directory.user("@\(user):local")
        try directory.profile("@\(user):local", name)
      }
      try directory.room("!private", ["@bob:local", "@carol:local"])
      try directory.member("@far:remote", in: "!private", "Far Smith")
      try directory.room("!public", ["@dora:local"], joinRule: #""public""#)
      try directory.regenerate()
      try body(directory.connection)
    }
  }

  static let searches: [(term: String, found: [String])] = [
    ("smith", ["@bob:local", "@carol:local", "@dora:local", "@eve:local", "@far:remote"]),
    ("SMITHS", ["@carol:local"]), ("bob smi", ["@bob:local"]), ("smith bo", ["@bob:local"]), ("mith", []),
    ("dór", ["@dora:local"]), ("DÓR", ["@dora:local"]), ("do\u{301}r", ["@dora:local"]),
    ("remote", ["@far:remote"]), ("@far:remote", ["@far:remote"]), ("eve", ["@eve:local"]), ("bob eve", []),
    ("", []), (" \t ", []), ("'\"()*:&|!<->\\", []),
    // Nothing of these is an operator, and none is an error.
    ("bob | eve", []), ("bob OR eve", []), ("NOT bob", []), ("bob NEAR/2 smith", []), ("user_id:bob", []),
    ("bob' | 'eve", []), ("bob\\", ["@bob:local"]), ("\\' bob", ["@bob:local"]), ("bob\0", ["@bob:local"]),
    ("bob*", ["@bob:local"]), ("\"bob", ["@bob:local"]), ("(bob", ["@bob:local"]), ("bob:*", ["@bob:local"]),
    ("'; DROP TABLE users; --", []), ("bob'\u{301}x", []), ("\\\u{301}bob", []),
  ]

  @Test(arguments: TestDatabase.availableEngines)
  func everybody(_ engine: Engine) async throws {
    try await Self.with(engine) { connection in
      for (term, expected) in Self.searches {
        let found = try UserDirectorySearch(.everybody).find(term, on: connection).map(\.userID).sorted()
        #expect(found == expected, "\(term)")
      }
    }
  }

  /// As many words as there may be are looked for; what is beyond is no error either.
  @Test(arguments: TestDatabase.availableEngines)
  func longTerms(_ engine: Engine) async throws {
    try await Self.with(engine) { connection in
      let search = UserDirectorySearch(.everybody)
      let longest = Array(repeating: "b", count: 2_000).joined(separator: " ")
      let found = try search.find(longest, on: connection).map(\.userID)
      #expect(found == ["@bob:local"])
      let longer = (0..<20_000).map { "b\($0)" }.joined(separator: " ")
      #expect(try search.find(longer, on: connection).isEmpty)
    }
  }

  @Test(
    arguments: TestDatabase.availableEngines,
    [
      ("@bob:local", ["@carol:local", "@dora:local", "@far:remote"]),
      ("@carol:local", ["@bob:local", "@dora:local", "@far:remote"]),
      // Users of other servers search there.
      ("@far:remote", ["@dora:local"]), ("@dora:local", []), ("@eve:local", ["@dora:local"]),
      ("@nobody:local' OR TRUE --", ["@dora:local"]),
    ])
  func visible(_ engine: Engine, _ search: (user: String, found: [String])) async throws {
    try await Self.with(engine) { connection in
      let matches = try UserDirectorySearch(.visible(to: search.user)).find("smith", on: connection)
      #expect(matches.map(\.userID).sorted() == search.found)
    }
  }

  /// A sign and an accent behind it are one `Character`.
  @Test(arguments: [
    ("a'\u{301}b", "'a''\u{301}b':*"), ("a\\\u{301}b", "'a\\\\\u{301}b':*"),
    ("a \u{301}b", "'a':* & '\u{301}b':*"),
  ])
  func wordsAreQuoted(_ term: String, _ query: String) {
    let words = UserDirectorySearch.words(of: term, on: .postgres)
    #expect(Array(words.unicodeScalars) == Array(query.unicodeScalars))
  }

  @Test(arguments: TestDatabase.availableEngines)
  func limits(_ engine: Engine) async throws {
    try await Self.with(engine) { connection in
      #expect(try UserDirectorySearch(.everybody, limit: 2).find("smith", on: connection).count == 2)
      #expect(try UserDirectorySearch(.everybody, limit: -5).find("smith", on: connection).count == 1)
      let bob = try UserDirectorySearch(.everybody, limit: 1_000).find("bob", on: connection)
      #expect(bob == [.init(userID: "@bob:local", displayName: "Bob Smith", avatarURL: nil)])
    }
  }
}
