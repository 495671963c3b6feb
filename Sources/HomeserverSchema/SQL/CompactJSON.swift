import GradusSQL

/// JSON as the homeserver stores it: no spaces, keys in the order given, everything outside printable ASCII
/// escaped.
enum CompactJSON {
  static func object(_ members: [(key: String, value: String)]) -> String {
    "{" + members.map { string($0.key) + ":" + $0.value }.joined(separator: ",") + "}"
  }

  static func array(_ elements: [String]) -> String { "[" + elements.joined(separator: ",") + "]" }

  static func string(_ text: String) -> String {
    var result = "\""
    for unit in text.utf16 {
      switch unit {
      case 0x22: result += "\\\""
      case 0x5C: result += "\\\\"
      case 0x0A: result += "\\n"
      case 0x0D: result += "\\r"
      case 0x09: result += "\\t"
      case 0x08: result += "\\b"
      case 0x0C: result += "\\f"
      case 0x20...0x7E: result.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
      default:
        let digits = String(unit, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    return result + "\""
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
