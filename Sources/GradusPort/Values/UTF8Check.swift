/// Whether PostgreSQL can hold bytes as a text.
enum UTF8Check {
  /// The first thing that is wrong; nil where nothing is.
  static func problem(_ text: UnsafeBufferPointer<UInt8>) -> UnfitValue? {
    var index = 0
    let count = text.count
    while index < count {
      let byte = text[index]
      if byte == 0 { return .nul }
      if byte < 0x80 {
        index += 1
        continue
      }
      guard let length = sequenceLength(text, at: index) else { return .notUTF8 }
      index += length
    }
    return nil
  }

  /// How many bytes the sequence has that starts with a byte beyond ASCII; nil where it is none (Unicode, table 3-7).
  private static func sequenceLength(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Int? {
    let first = text[index]
    let (length, second): (Int, ClosedRange<UInt8>) =
      switch first {
      case 0xC2...0xDF: (2, 0x80...0xBF)
      case 0xE0: (3, 0xA0...0xBF)
      case 0xED: (3, 0x80...0x9F)
      case 0xE1...0xEF: (3, 0x80...0xBF)
      case 0xF0: (4, 0x90...0xBF)
      case 0xF1...0xF3: (4, 0x80...0xBF)
      case 0xF4: (4, 0x80...0x8F)
      default: (0, 0...0)
      }
    guard length > 0, index + length <= text.count, second.contains(text[index + 1]) else { return nil }
    for offset in 2..<max(length, 2) where !(0x80...0xBF).contains(text[index + offset]) { return nil }
    return length
  }

  /// The text without U+0000, and with U+FFFD for what is not UTF-8.
  static func mended(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    Array(String(decoding: text, as: UTF8.self).utf8.filter { $0 != 0 })
  }
}
