import Testing

@testable import GradusPostgres

@Suite struct QuotedValueTests {
  @Test(arguments: [
    ("division by zero", "division by zero"),
    (#"invalid input syntax for type integer: "x""#, #"invalid input syntax for type integer: "...""#),
    (#"value "99" is out of range for type integer"#, #"value "..." is out of range for type integer"#),
    // The server does not double the value's own.
    (#"invalid input syntax for type integer: "a"secret""#, #"invalid input syntax for type integer: "...""#),
    // With an accent behind it a mark is another character to Swift.
    ("malformed array literal: \"\u{301}secret\"\u{301}", "malformed array literal: \"...\"\u{301}"),
    (#"malformed array literal: "secret"#, #"malformed array literal: "...""#),
    (
      "syntaxe en entrée invalide pour le type integer : « secret »",
      #"syntaxe en entrée invalide pour le type integer : "...""#
    ),
    ("ungültige Eingabesyntax für Typ integer: »secret«", #"ungültige Eingabesyntax für Typ integer: "...""#),
  ])
  func isRemoved(_ message: String, _ expected: String) {
    #expect(QuotedValue.removed(from: message) == expected)
  }

  /// Which character, and which encodings, is what the message has to say.
  @Test func ofAnEncodingStays() {
    #expect(QuotedValue.isExpected(in: "22P02"))
    for state in ["22P05", "22021", "42601"] { #expect(!QuotedValue.isExpected(in: state)) }
  }
}
