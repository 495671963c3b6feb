import GradusSQL

/// JSON as the homeserver stores it: no spaces, keys in the order given, everything outside printable ASCII
/// escaped.
enum CompactJSON {
  static func object(_ members: [(key: String, value: String)]) -> String {
    "{" + members.map { string($0.key) + ":" + $0.value }.joined(separator: ",") + "}"
  }

  static func array(_ elements: [String]) -> String { "[" + elements.joined(separator: ",") + "]" }

  static func string(_ text: String) -> String {
    var writer = JSONWriter(style: .compact)
    writer.write(text.utf8)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// A text, whole number, truth value or NULL; anything else is written as null.
  static func scalar(_ value: SQLValue) -> String {
    switch value {
    case .text(let text): string(text)
    case .integer(let integer): String(integer)
    case .boolean(let boolean): boolean ? "true" : "false"
    default: "null"
    }
  }
}
