/// A decimal number as it is written: two are equal if their numbers are, however many digits they have.
package struct DecimalText: Hashable, Sendable {
  private let isNegative: Bool
  /// Without zeros at either end; none for zero.
  private let digits: [UInt8]
  /// Which power of ten the last digit counts.
  private let exponent: Int

  /// - Parameter text: digits with or without a sign, a point and an exponent, and spaces around.
  /// - Returns: nil where it is something else, such as `NaN`.
  package init?(_ text: some Sequence<UInt8>) {
    let text = Array(text)
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    guard let start = text.firstIndex(where: { !isSpace($0) }),
      let end = text.lastIndex(where: { !isSpace($0) })
    else { return nil }
    var rest = text[start...end]
    let sign = rest.first
    if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest = rest.dropFirst() }
    var exponent = 0
    if let mark = rest.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }) {
      // Beyond this no number of any database goes, and nothing overflows.
      guard let stated = Int(String(decoding: rest[(mark + 1)...], as: UTF8.self)), stated.magnitude < 1 << 30
      else { return nil }
      exponent = stated
      rest = rest[..<mark]
    }
    let parts = rest.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    var digits = Array(parts.joined())
    guard !digits.isEmpty, digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return nil }
    exponent -= parts.count > 1 ? parts[1].count : 0
    let zero = UInt8(ascii: "0")
    digits = Array(digits.drop { $0 == zero })
    while digits.last == zero {
      digits.removeLast()
      exponent += 1
    }
    self.digits = digits
    self.exponent = digits.isEmpty ? 0 : exponent
    isNegative = sign == UInt8(ascii: "-") && !digits.isEmpty
  }

  /// Whether it has no digit but zeros behind so many decimal places; fewer than none are zeros before the point.
  package func fits(scale: Int) -> Bool { digits.isEmpty || exponent >= -scale }
}
