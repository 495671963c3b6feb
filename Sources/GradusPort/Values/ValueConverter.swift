package import GradusSQL

/// Turns SQLite's values, whose types are those of the values, into what a column of PostgreSQL takes.
package struct ValueConverter: Sendable {
  let kind: ColumnKind
  /// Whether texts that PostgreSQL cannot hold are mended.
  let mendsText: Bool

  package init(kind: ColumnKind, mendsText: Bool = false) {
    self.kind = kind
    self.mendsText = mendsText
  }

  /// - Throws: `UnfitValue`.
  package func convert(_ value: RawValue) throws(UnfitValue) -> ConvertedValue {
    if case .null = value { return .null }
    switch kind {
    case .boolean: return try boolean(value)
    case .integer(let bits): return try integer(value, bits)
    case .double(let isSingle): return try double(value, isSingle)
    case .numeric(let scale): return try numeric(value, scale)
    case .money: return try money(value)
    case .text(let isPadded, let limit): return try limited(value, limit, isPadded)
    case .bytes: return try bytes(value)
    case .json(let isBinary): return try json(value, isBinary)
    case .time(let kind): return try time(value, kind)
    case .uuid, .other: return try other(value)
    }
  }

  private func boolean(_ value: RawValue) throws(UnfitValue) -> ConvertedValue {
    switch value {
    case .integer(0), .double(0): return .boolean(false)
    case .integer(1), .double(1): return .boolean(true)
    case .text(let text):
      let word = String(decoding: text.prefix(8), as: UTF8.self).lowercased()
      if word == "true" { return .boolean(true) }
      if word == "false" { return .boolean(false) }
    default: break
    }
    throw wrongType(value, "a truth value")
  }

  private func integer(_ value: RawValue, _ bits: Int) throws(UnfitValue) -> ConvertedValue {
    let number: Int64? =
      switch value {
      case .integer(let integer): integer
      case .double(let double): Int64(exactly: double)
      default: nil
      }
    guard let number else { throw wrongType(value, "a whole number") }
    let most = Int64.max >> (64 - Int64(bits))
    guard number <= most, number >= -most - 1 else {
      throw .wrongType(found: "a greater number", expected: "a whole number of \(bits) bits")
    }
    return .integer(number)
  }

  private func double(_ value: RawValue, _ isSingle: Bool) throws(UnfitValue) -> ConvertedValue {
    switch value {
    case .integer(let integer):
      guard let double = Double(exactly: integer) else { throw .inexact(column: "double precision") }
      guard !isSingle || Self.isSingle(double) else { throw Self.moreThanSingle }
      return .integer(integer)
    case .double(let double):
      guard !isSingle || Self.isSingle(double) else { throw Self.moreThanSingle }
      return .double(double)
    default: throw wrongType(value, "a number")
    }
  }

  private static let moreThanSingle = UnfitValue.inexact(column: "real, unlike double precision,")

  /// Whether a number comes back from 24 bits: as it is, or by the digits that the server writes of them.
  private static func isSingle(_ double: Double) -> Bool {
    let single = Float(double)
    return Double(single) == double || Double("\(single)") == double
  }

  private func numeric(_ value: RawValue, _ scale: Int?) throws(UnfitValue) -> ConvertedValue {
    let (converted, digits): (ConvertedValue, DecimalText?)
    switch value {
    case .integer(let integer): (converted, digits) = (.integer(integer), DecimalText("\(integer)".utf8))
    case .double(let double): (converted, digits) = (.double(double), DecimalText("\(double)".utf8))
    // Decimals of any length, which a program had to store as text.
    case .text(let text): (converted, digits) = (try characters(text), DecimalText(text))
    default: throw wrongType(value, "a number")
    }
    guard let scale else { return converted }
    if let digits {
      guard digits.fits(scale: scale) else {
        throw .inexact(column: "numeric with \(scale) decimal places")
      }
    } else if case .text(let text) = value, text.contains(where: { (0x30...0x39).contains($0) }) {
      // The server may know more ways to write a number, and would round it. Without digits it can only be `NaN` and the like.
      throw wrongType(value, "a decimal number")
    }
    return converted
  }

  private func money(_ value: RawValue) throws(UnfitValue) -> ConvertedValue {
    let converted = try other(value)
    let digits: DecimalText? =
      switch value {
      case .double(let double): DecimalText("\(double)".utf8)
      case .text(let text): DecimalText(text.filter { !Self.signsOfMoney.contains($0) })
      case .null, .integer, .blob: nil
      }
    if let digits, !digits.fits(scale: 2) { throw .inexact(column: "money") }
    return converted
  }

  private static let signsOfMoney = Array("$,()".utf8)

  private func limited(
    _ value: RawValue, _ limit: TextLimit?, _ isPadded: Bool
  ) throws(UnfitValue) -> ConvertedValue {
    let converted = try text(value)
    guard let limit else { return converted }
    let isAdmitted =
      switch converted {
      case .text(let bytes): limit.admits(bytes, isPadded: isPadded)
      case .mendedText(let bytes):
        bytes.withUnsafeBufferPointer { limit.admits($0, isPadded: isPadded) }
      case .integer(let integer): limit.admits(number: "\(integer)")
      case .double(let double): limit.admits(number: "\(double)")
      case .null, .boolean, .bytes: true
      }
    guard isAdmitted else { throw .tooLong(limit) }
    return converted
  }

  private func text(_ value: RawValue) throws(UnfitValue) -> ConvertedValue {
    switch value {
    // Some programs store texts as bytes; those that are no text are refused.
    case .text(let text), .blob(let text): return try characters(text)
    case .integer(let integer): return .integer(integer)
    case .double(let double): return .double(double)
    case .null: return .null
    }
  }

  private func bytes(_ value: RawValue) throws(UnfitValue) -> ConvertedValue {
    switch value {
    case .text(let bytes), .blob(let bytes): return .bytes(bytes)
    default: throw wrongType(value, "bytes")
    }
  }

  private func json(_ value: RawValue, _ isBinary: Bool) throws(UnfitValue) -> ConvertedValue {
    let text = try text(value)
    guard isBinary else { return text }
    switch text {
    case .text(let bytes) where JSONEscapes.holdNUL(bytes):
      guard mendsText else { throw .nul }
      return .mendedText(JSONEscapes.withoutNUL(bytes))
    case .mendedText(let bytes):
      return .mendedText(bytes.withUnsafeBufferPointer { JSONEscapes.withoutNUL($0) })
    default: return text
    }
  }

  private func other(_ value: RawValue) throws(UnfitValue) -> ConvertedValue {
    if case .blob = value { throw wrongType(value, "a text") }
    return try text(value)
  }

  private func time(_ value: RawValue, _ kind: TimeKind) throws(UnfitValue) -> ConvertedValue {
    let converted = try other(value)
    let problem: UnfitValue? =
      switch converted {
      case .text(let bytes): kind.problem(bytes)
      case .mendedText(let bytes): bytes.withUnsafeBufferPointer { kind.problem($0) }
      // Of a number the server would make what it looks like, and know nothing of seconds since 1970.
      case .integer(let integer): kind.admits(integer) ? nil : .noTime
      case .double: .noTime
      case .null, .boolean, .bytes: nil
      }
    if let problem { throw problem }
    return converted
  }

  private func characters(_ text: UnsafeBufferPointer<UInt8>) throws(UnfitValue) -> ConvertedValue {
    guard let problem = UTF8Check.problem(text) else { return .text(text) }
    guard mendsText else { throw problem }
    return .mendedText(UTF8Check.mended(text))
  }

  private func wrongType(_ value: RawValue, _ expected: String) -> UnfitValue {
    let found =
      switch value {
      case .null: "NULL"
      case .integer: "another whole number"
      case .double: "a number with a fraction, or too great"
      case .text: "a text"
      case .blob: "bytes"
      }
    return .wrongType(found: found, expected: expected)
  }
}
