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

  /// As a parameter. Texts go as bytes, so that what is not UTF-8 stays as it is.
  var parameter: SQLValue {
    switch self {
    case .integer(let integer): .integer(integer)
    case .double(let double): .double(double)
    case .text(let bytes), .blob(let bytes): .blob(bytes)
    }
  }

  /// The parameter in SQL.
  func sql(_ number: Int) -> String {
    if case .text = self { return "CAST($\(number) AS TEXT)" }
    return "$\(number)"
  }
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

  /// A text without what a terminal would act on.
  private static func shown(_ text: String) -> String {
    text.unicodeScalars.map { scalar in
      scalar.properties.generalCategory == .control ? "\\u{\(String(scalar.value, radix: 16))}" : "\(scalar)"
    }.joined()
  }
}
