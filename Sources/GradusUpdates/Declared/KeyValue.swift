import GradusSQL

/// A value of a key column, as it goes into progress.
enum KeyValue: Codable, Hashable, Sendable {
  case integer(Int64)
  case text(String)

  /// By bytes, as the database compares: to Swift, texts that differ may be the same.
  static func == (one: KeyValue, other: KeyValue) -> Bool {
    switch (one, other) {
    case (.integer(let one), .integer(let other)): one == other
    case (.text(let one), .text(let other)): one.utf8.elementsEqual(other.utf8)
    default: false
    }
  }

  init(_ value: SQLValue) throws {
    switch value {
    case .integer(let integer): self = .integer(integer)
    case .text(let text): self = .text(text)
    case .null:
      throw SQLError(
        .unexpectedValue, "a key column is NULL in a row: take a key of columns that are NOT NULL")
    default: throw SQLError(.unexpectedValue, "a key column holds neither text nor a whole number")
    }
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let integer = try? container.decode(Int64.self) {
      self = .integer(integer)
    } else {
      self = .text(try container.decode(String.self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .integer(let integer): try container.encode(integer)
    case .text(let text): try container.encode(text)
    }
  }

  /// Whether another is of the same type.
  func isLike(_ other: KeyValue) -> Bool {
    switch (self, other) {
    case (.integer, .integer), (.text, .text): true
    default: false
    }
  }

  var sqlValue: SQLValue {
    switch self {
    case .integer(let integer): .integer(integer)
    case .text(let text): .text(text)
    }
  }
}
