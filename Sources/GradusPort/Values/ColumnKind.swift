/// What a column of PostgreSQL takes, as far as values have to be made fit for it.
package enum ColumnKind: Sendable, Hashable {
  case boolean
  /// A whole number of this many bits.
  case integer(bits: Int)
  /// A floating-point number; `isSingle` where it keeps 24 bits of it.
  case double(isSingle: Bool)
  /// A decimal number; `scale` is how many decimal places it is rounded to, nil where it is not.
  case numeric(scale: Int?)
  /// Any text; `isPadded` where spaces at its end count for nothing.
  case text(isPadded: Bool)
  case bytes
  case json(isBinary: Bool)
  /// The server reads the text and knows whether it fits.
  case other

  /// - Parameter type: as `format_type` writes it.
  package init(type: String) {
    let type = type.split(separator: " collate ").first.map(String.init) ?? type
    let base = type.prefix { $0 != "(" }.trimmingSuffix(" ")
    switch base {
    case "boolean": self = .boolean
    case "smallint": self = .integer(bits: 16)
    case "integer": self = .integer(bits: 32)
    case "bigint": self = .integer(bits: 64)
    case "real": self = .double(isSingle: true)
    case "double precision": self = .double(isSingle: false)
    case "numeric" where !type.hasSuffix("[]"): self = .numeric(scale: Self.scale(type))
    case "text", "citext", "name": self = .text(isPadded: false)
    case "character varying" where !type.hasSuffix("[]"): self = .text(isPadded: false)
    case "character" where !type.hasSuffix("[]"): self = .text(isPadded: true)
    case "bytea": self = .bytes
    case "json": self = .json(isBinary: false)
    case "jsonb": self = .json(isBinary: true)
    default: self = .other
    }
  }

  /// The second number of `numeric(precision,scale)`.
  private static func scale(_ type: String) -> Int? {
    let parts = type.split(separator: ",")
    return parts.count == 2 ? Int(parts[1].dropLast()) : nil
  }

  /// Whether rows can be found by such a value.
  var isFindable: Bool {
    switch self {
    case .boolean, .integer, .text, .bytes: true
    case .double, .numeric, .json, .other: false
    }
  }
}

extension Substring {
  fileprivate func trimmingSuffix(_ character: Character) -> String {
    var text = self
    while text.last == character { text.removeLast() }
    return String(text)
  }
}
