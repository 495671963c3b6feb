import GradusSQL

/// One value of a row's key, as SQLite has it, to go on after.
package enum RowKeyValue: Hashable, Sendable {
  case integer(Int64)
  case double(Double)
  case text([UInt8])
  case blob([UInt8])

  /// Nil for NULL, which no key holds.
  init?(_ value: RawValue) {
    switch value {
    case .null: return nil
    case .integer(let integer): self = .integer(integer)
    case .double(let double): self = .double(double)
    case .text(let bytes): self = .text(Array(bytes))
    case .blob(let bytes): self = .blob(Array(bytes))
    }
  }

  /// As a parameter. What is not UTF-8 goes as bytes, so that it stays as it is.
  var parameter: SQLValue {
    switch self {
    case .integer(let integer): .integer(integer)
    case .double(let double): .double(double)
    case .text(let bytes): Self.utf8(bytes).map { SQLValue.text($0) } ?? SQLValue.blob(bytes)
    case .blob(let bytes): .blob(bytes)
    }
  }

  /// The parameter in SQL. Only where nothing else will do are bytes made a text: SQLite takes them for one in the
  /// database's own encoding, which may be UTF-16.
  func sql(_ number: Int) -> String {
    if case .text(let bytes) = self, Self.utf8(bytes) == nil { return "CAST($\(number) AS TEXT)" }
    return "$\(number)"
  }

  private static func utf8(_ bytes: [UInt8]) -> String? { String(validating: bytes, as: UTF8.self) }
}

extension RowKeyValue: CustomStringConvertible {
  package var description: String {
    switch self {
    case .integer(let integer): "\(integer)"
    case .double(let double): "\(double)"
    case .text(let bytes): "'\(Self.shown(String(decoding: bytes.prefix(80), as: UTF8.self)))'"
    case .blob(let bytes): "X'\(Hex.encode(Array(bytes.prefix(40))))'"
    }
  }

  /// A text without what a terminal would act on, which the command line would take out: then no row could be found by it.
  private static func shown(_ text: String) -> String {
    text.unicodeScalars.map { scalar in
      [.control, .format].contains(scalar.properties.generalCategory)
        ? "\\u{\(String(scalar.value, radix: 16))}" : "\(scalar)"
    }.joined()
  }
}
