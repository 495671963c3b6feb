/// A number of JSON, as it is spelt: no size is too large for it.
package struct JSONNumber: Hashable, Sendable {
  /// The spelling, right by JSON's grammar.
  package let spelling: String

  /// - Parameter spelling: right by JSON's grammar.
  package init(spelling: String) { self.spelling = spelling }

  /// Whether it has neither fraction nor exponent.
  package var isWhole: Bool { spelling.utf8.allSatisfy { $0 == UInt8(ascii: "-") || isDigit($0) } }

  /// The whole number; nil where it has a fraction or an exponent, or more than 64 bits.
  package var integer: Int64? { Int64(spelling) }

  private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}
