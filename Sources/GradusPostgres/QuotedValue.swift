/// A value in a message of the server, such as `invalid input syntax for type integer: "..."`.
enum QuotedValue {
  /// Those of the languages that the server speaks.
  private static let marks: Set<Character> = ["\"", "«", "»", "“", "”", "„", "「", "」"]

  /// The message without what is between its first quotation mark and its last: the value may hold some itself.
  static func removed(from message: String) -> String {
    guard let first = message.firstIndex(where: marks.contains),
      let last = message.lastIndex(where: marks.contains)
    else { return message }
    // Where one is left open, up to the end.
    let rest = first == last ? "" : message[message.index(after: last)...]
    return message[..<first] + "\"...\"" + rest
  }
}
