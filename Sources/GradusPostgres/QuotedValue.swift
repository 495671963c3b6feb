/// A value in a message of the server, such as `invalid input syntax for type integer: "..."`.
enum QuotedValue {
  /// Whether messages of a SQLSTATE may quote a value. Those about encodings quote these, and of a text its bytes that are
  /// at fault.
  static func isExpected(in state: String) -> Bool {
    state.hasPrefix("22") && !["22P05", "22021"].contains(state)
  }

  /// Those of the languages that the server speaks.
  private static let marks: Set<Unicode.Scalar> = ["\"", "«", "»", "“", "”", "„", "「", "」"]

  /// The message without what is between its first quotation mark and its last: the value may hold some itself.
  static func removed(from message: String) -> String {
    // By scalars: a mark and an accent behind it are one `Character`, which is equal to none of these.
    let scalars = message.unicodeScalars
    guard let first = scalars.firstIndex(where: marks.contains),
      let last = scalars.lastIndex(where: marks.contains)
    else { return message }
    // Where one is left open, up to the end.
    let rest = first == last ? "" : String(scalars[scalars.index(after: last)...])
    return String(scalars[..<first]) + "\"...\"" + rest
  }
}
