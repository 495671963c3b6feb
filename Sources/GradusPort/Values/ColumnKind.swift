/// What a column of PostgreSQL takes, as far as values have to be made fit for it.
package enum ColumnKind: Sendable, Hashable {
  case boolean
  /// A whole number of this many bits.
  case integer(bits: Int)
  /// A floating-point number; `isSingle` where it keeps 24 bits of it.
  case double(isSingle: Bool)
  /// A decimal number; `scale` is how many decimal places it is rounded to, nil where it is not.
  case numeric(scale: Int?)
  /// An amount of money, which is rounded to two decimal places.
  case money
  /// A text; `isPadded` where spaces at its end count for nothing, `limit` is how much of it is kept, nil for all.
  case text(isPadded: Bool, limit: TextLimit? = nil)
  case bytes
  case json(isBinary: Bool)
  /// An identifier of 128 bits, which the server writes in its own way.
  case uuid
  /// A date, a time of day, or both, of which the server drops what the column does not keep.
  case time(TimeKind)
  /// The server reads the text and knows whether it fits.
  case other

  /// - Parameter type: as `format_type` writes it; of a domain what it is made of.
  package init(type: String) {
    let type = type.split(separator: " collate ").first.map(String.init) ?? type
    let (base, numbers) = type.hasSuffix("[]") ? (type, []) : Self.parts(type)
    switch base {
    case "boolean": self = .boolean
    case "smallint": self = .integer(bits: 16)
    case "integer": self = .integer(bits: 32)
    case "bigint": self = .integer(bits: 64)
    case "real": self = .double(isSingle: true)
    case "double precision": self = .double(isSingle: false)
    case "numeric": self = .numeric(scale: numbers.count == 2 ? numbers[1] : nil)
    case "money": self = .money
    case "text", "citext": self = .text(isPadded: false)
    case "name": self = .text(isPadded: false, limit: .bytes(63))
    case "\"char\"": self = .text(isPadded: false, limit: .bytes(1))
    case "character varying": self = .text(isPadded: false, limit: numbers.first.map(TextLimit.characters))
    case "character": self = .text(isPadded: true, limit: numbers.first.map(TextLimit.characters))
    case "bytea": self = .bytes
    case "json": self = .json(isBinary: false)
    case "jsonb": self = .json(isBinary: true)
    case "uuid": self = .uuid
    default: self = TimeKind(base: base, digits: numbers.first).map(ColumnKind.time) ?? .other
    }
  }

  /// A type without the numbers in brackets, which `timestamp(3) without time zone` has in its middle, and these.
  private static func parts(_ type: String) -> (String, [Int]) {
    guard let open = type.firstIndex(of: "("), let close = type[open...].firstIndex(of: ")")
    else { return (type, []) }
    let numbers = type[type.index(after: open)..<close].split(separator: ",").compactMap { Int($0) }
    return (String(type[..<open]) + String(type[type.index(after: close)...]), numbers)
  }

  /// Whether rows can be found by such a value, which the server reads as one of the column's type.
  var isFindable: Bool {
    switch self {
    case .boolean, .integer, .double, .numeric, .text, .bytes, .uuid, .time: true
    case .json(let isBinary): isBinary
    // Some types have no equality, and what is equal as money is written in the server's language.
    case .money, .other: false
    }
  }
}
