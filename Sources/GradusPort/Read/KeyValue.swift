import GradusSQL

/// One value of a row's key, as SQLite has it, to go on after.
package enum KeyValue: Hashable, Sendable {
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

extension KeyValue: CustomStringConvertible {
  package var description: String {
    switch self {
    case .integer(let integer): "\(integer)"
    case .double(let double): "\(double)"
    case .text(let bytes): "'\(String(decoding: bytes.prefix(80), as: UTF8.self))'"
    case .blob(let bytes): "X'\(Hex.encode(Array(bytes.prefix(40))))'"
    }
  }
}

/// The key of a row: its row id, or the values of its primary key.
package struct RowKey: Hashable, Sendable {
  package var values: [KeyValue]

  package init(_ values: [KeyValue]) { self.values = values }

  /// As the target keeps it.
  package var stored: String {
    values.map { value in
      switch value {
      case .integer(let integer): "i\(integer)"
      case .double(let double): "d\(double.bitPattern)"
      case .text(let bytes): "t" + Hex.encode(bytes)
      case .blob(let bytes): "b" + Hex.encode(bytes)
      }
    }.joined(separator: ",")
  }

  /// Nil where it is none.
  package init?(stored: String) {
    values = []
    for part in stored.split(separator: ",") {
      let rest = part.dropFirst()
      switch part.first {
      case "i": values += Int64(rest).map { [.integer($0)] } ?? []
      case "d": values += UInt64(rest).map { [.double(Double(bitPattern: $0))] } ?? []
      case "t": values += Hex.decode(rest).map { [.text($0)] } ?? []
      case "b": values += Hex.decode(rest).map { [.blob($0)] } ?? []
      default: return nil
      }
    }
    guard !values.isEmpty, values.count == stored.split(separator: ",").count else { return nil }
  }

  /// Names the row.
  func name(_ key: PortTable.Key) -> String {
    let values = values.map(\.description).joined(separator: ", ")
    return switch key {
    case .rowID: "row id \(values)"
    case .columns(let names): "\(names.joined(separator: ", ")) = \(values)"
    }
  }
}

/// Bytes as digits.
enum Hex {
  static func encode(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  static func decode(_ text: Substring) -> [UInt8]? {
    guard text.utf8.count % 2 == 0 else { return nil }
    var bytes: [UInt8] = []
    var high: Int?
    for character in text {
      guard let digit = character.hexDigitValue else { return nil }
      if let first = high {
        bytes.append(UInt8(first << 4 | digit))
        high = nil
      } else {
        high = digit
      }
    }
    return bytes
  }
}
