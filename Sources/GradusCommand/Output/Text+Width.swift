extension Text {
  /// How many columns of a terminal a text takes.
  ///
  /// - Parameter text: a text of one line, without what a terminal obeys.
  static func width(_ text: String) -> Int { text.reduce(0) { $0 + width($1) } }

  /// As much of the beginning of a text as fits.
  ///
  /// - Parameters:
  ///   - text: as for `width`.
  ///   - columns: how many there are.
  static func prefix(_ text: String, columns: Int) -> String {
    var left = columns
    return String(
      text.prefix { character in
        left -= width(character)
        return left >= 0
      })
  }

  private static func width(_ character: Character) -> Int {
    character.unicodeScalars.contains(where: isWide) ? 2 : 1
  }

  /// Whether terminals give two columns to it, by Unicode's East Asian Width (UAX #11) in whole blocks; the sign that asks for
  /// the picture of an emoji does so of what stands before it.
  private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case ..<0x1100: false
    case 0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
      0xF900...0xFAFF, 0xFE0F, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6,
      0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x20000...0x3FFFD:
      true
    default: scalar.properties.isEmojiPresentation
    }
  }
}
