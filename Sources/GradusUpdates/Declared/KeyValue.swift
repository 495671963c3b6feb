import GradusSQL

/// A value of a key column, as it goes into progress.
enum KeyValue: Codable, Hashable, Sendable {
  case integer(Int64)
  case text(String)

  /// By bytes, as the database compares: to Swift, texts that differ may be the same.
  static func == (one: KeyValue, other: KeyValue) -> Bool {
    switch (one, other) {
    case (.integer(let one), .integer(let other)): one == other
    case (.text(let one), .text(let other)): one.hasSameBytes(as: other)
    default: false
    }
  }

  /// - Parameters:
  ///   - value: what a row holds.
  ///   - column: the key column, for messages.
  init(_ value: SQLValue, of column: String) throws {
    switch value {
    case .integer(let integer): self = .integer(integer)
    case .text(let text): self = .text(text)
    case .null:
      throw SQLError(
        .unexpectedValue,
        "the key column '\(column)' is NULL in a row: take a key of columns that are NOT NULL")
    default: throw Self.unfit([column])
    }
  }

  /// - Parameter columns: the key columns, of which one holds what no walk goes along.
  static func unfit(_ columns: [String]) -> SQLError {
    SQLError(
      .unexpectedValue,
      "the key column '\(columns.joined(separator: "' or '"))' holds neither text nor a whole number",
      hint: "take a key of columns that do")
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

  /// Whether it is text with the sign that stands for bytes which are no UTF-8.
  var mayBeRepaired: Bool {
    if case .text(let text) = self { text.unicodeScalars.contains { $0 == "\u{FFFD}" } } else { false }
  }

  var sqlValue: SQLValue {
    switch self {
    case .integer(let integer): .integer(integer)
    case .text(let text): .text(text)
    }
  }
}
