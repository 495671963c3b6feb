/// What a job's parameter was given.
public enum AdminJobValue: Sendable, Hashable {
  /// Null, or nothing at all.
  case null
  /// A text.
  case string(String)
  /// A whole number.
  case integer(Int64)
  /// A truth value, which the homeserver's own API takes for a whole number.
  case boolean(Bool)
}

extension AdminJobValue {
  /// The value as JSON, in ASCII: `null`, `"caf\u00e9"`, `12`, `true`.
  public var json: String {
    switch self {
    case .null: "null"
    case .string(let text): Self.quoted(text)
    case .integer(let number): "\(number)"
    case .boolean(let boolean): boolean ? "true" : "false"
    }
  }

  /// A text as JSON, the way Python writes it: this is what the homeserver leaves in its tables.
  private static func quoted(_ text: String) -> String {
    var json = "\""
    for unit in text.utf16 {
      switch unit {
      case 0x22: json += "\\\""
      case 0x5C: json += "\\\\"
      case 0x0A: json += "\\n"
      case 0x0D: json += "\\r"
      case 0x09: json += "\\t"
      case 0x0C: json += "\\f"
      case 0x08: json += "\\b"
      case 0x20...0x7E: json.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
      default:
        let digits = String(unit, radix: 16)
        json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    return json + "\""
  }
}
