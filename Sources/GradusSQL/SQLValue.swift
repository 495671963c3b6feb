/// A value that is bound to a parameter or read from a column.
///
/// Reading gives `null`, `integer`, `double`, `text`, `blob` and, from PostgreSQL's `boolean`, `boolean`. The array
/// cases are for binding only: they become an array parameter on PostgreSQL (`unnest($1::text[])`) and a JSON array
/// on SQLite (`json_each($1)`), so that one statement can write a whole batch on either engine.
public enum SQLValue: Sendable, Hashable {
  /// SQL `NULL`.
  case null
  /// A whole number of up to 64 bits.
  case integer(Int64)
  /// A double-precision number.
  case double(Double)
  /// Text, without U+0000 on PostgreSQL.
  case text(String)
  /// Bytes: `BLOB` or `bytea`.
  case blob([UInt8])
  /// A truth value: `boolean` on PostgreSQL, 0 or 1 on SQLite.
  case boolean(Bool)
  /// An array of texts, some perhaps NULL. Binding only.
  case textArray([String?])
  /// An array of whole numbers, some perhaps NULL. Binding only.
  case integerArray([Int64?])
  /// An array of truth values, some perhaps NULL. Binding only.
  case booleanArray([Bool?])

  /// Texts by their bytes, as the databases have them: to Swift, texts that differ may be the same, as é and e with an
  /// accent behind it.
  public static func == (one: SQLValue, other: SQLValue) -> Bool {
    switch (one, other) {
    case (.null, .null): true
    case (.integer(let one), .integer(let other)): one == other
    case (.double(let one), .double(let other)): one == other
    case (.text(let one), .text(let other)): one.hasSameBytes(as: other)
    case (.blob(let one), .blob(let other)): one == other
    case (.boolean(let one), .boolean(let other)): one == other
    case (.textArray(let one), .textArray(let other)):
      one.elementsEqual(other) { $0.hasSameBytes(as: $1) }
    case (.integerArray(let one), .integerArray(let other)): one == other
    case (.booleanArray(let one), .booleanArray(let other)): one == other
    default: false
    }
  }
}

extension SQLValue {
  /// Whether the value is SQL `NULL`.
  public var isNull: Bool {
    if case .null = self { true } else { false }
  }

  /// The text, or nil where the value is NULL or of another type.
  public var text: String? {
    if case .text(let text) = self { text } else { nil }
  }

  /// The whole number, or nil where the value is NULL or of another type. A boolean counts as 0 or 1.
  public var integer: Int64? {
    switch self {
    case .integer(let integer): integer
    case .boolean(let boolean): boolean ? 1 : 0
    default: nil
    }
  }

  /// The truth value, or nil where the value is NULL or of another type. SQLite's numbers count: 0 is false.
  public var boolean: Bool? {
    switch self {
    case .boolean(let boolean): boolean
    case .integer(let integer): integer != 0
    default: nil
    }
  }

  /// The number, or nil where the value is NULL or of another type. Whole numbers are converted.
  public var double: Double? {
    switch self {
    case .double(let double): double
    case .integer(let integer): Double(integer)
    default: nil
    }
  }

  /// A text or NULL.
  public init(_ text: String?) { self = text.map { .text($0) } ?? .null }
  /// A whole number or NULL.
  public init(_ integer: Int64?) { self = integer.map { .integer($0) } ?? .null }
  /// A whole number or NULL.
  public init(_ integer: Int?) { self = integer.map { .integer(Int64($0)) } ?? .null }
  /// A truth value or NULL.
  public init(_ boolean: Bool?) { self = boolean.map { .boolean($0) } ?? .null }
}

extension SQLValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByNilLiteral, ExpressibleByFloatLiteral
{
  /// A text.
  public init(stringLiteral value: String) { self = .text(value) }
  /// A whole number.
  public init(integerLiteral value: Int64) { self = .integer(value) }
  /// A truth value.
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
  /// NULL.
  public init(nilLiteral: ()) { self = .null }
  /// A double-precision number.
  public init(floatLiteral value: Double) { self = .double(value) }
}
