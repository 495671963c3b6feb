import GradusJSON

extension JSONWriter {
  mutating func write(_ text: JSONText) {
    text.bytes.withUnsafeBufferPointer { write($0) }
  }

  mutating func write(_ text: String) {
    var text = text
    text.withUTF8 { write($0) }
  }

  /// What stands for itself, which is nearly all, is copied in runs.
  private mutating func write(_ text: UnsafeBufferPointer<UInt8>) {
    bytes.append(UInt8(ascii: "\""))
    var start = 0
    var index = 0
    while index < text.count {
      guard !standsForItself(text[index]) else {
        index += 1
        continue
      }
      copy(text, start..<index)
      index = writeSpecial(text, at: index)
      start = index
    }
    copy(text, start..<index)
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func copy(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
    bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[range]))
  }

  private func standsForItself(_ byte: UInt8) -> Bool {
    guard byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") else { return false }
    // What surrogates look like begins with 0xED.
    return byte < 0x7F || style == .canonical && byte != 0xED
  }

  /// - Returns: where the text goes on.
  private mutating func writeSpecial(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
    let byte = text[index]
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
    case 0x0A: bytes += "\\n".utf8
    case 0x0D: bytes += "\\r".utf8
    case 0x09: bytes += "\\t".utf8
    case 0x08: bytes += "\\b".utf8
    case 0x0C: bytes += "\\f".utf8
    case ..<0x80: escape(UInt16(byte))
    default:
      let end = index + (byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4)
      writeBeyondASCII(text, index..<end)
      return end
    }
    return index + 1
  }

  /// Writes one code point of several bytes.
  private mutating func writeBeyondASCII(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
    guard style == .compact else {
      // 0xED and then 0xA0 or more is what surrogates look like.
      if text[range.lowerBound] == 0xED, text[range.lowerBound + 1] >= 0xA0 { refusal = .loneSurrogate }
      return copy(text, range)
    }
    let lead = UInt32(text[range.lowerBound])
    let payload = lead & (range.count == 2 ? 0x1F : range.count == 3 ? 0x0F : 0x07)
    let point = text[range].dropFirst().reduce(payload) { $0 << 6 | UInt32($1 & 0x3F) }
    guard point > 0xFFFF else { return escape(UInt16(point)) }
    escape(UInt16(0xD800 + (point - 0x10000) >> 10))
    escape(UInt16(0xDC00 + (point - 0x10000) & 0x3FF))
  }

  private mutating func escape(_ unit: UInt16) {
    bytes += "\\u".utf8
    for shift in [12, 8, 4, 0] {
      let digit = UInt8(unit >> shift & 15)
      bytes.append(digit + (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10))
    }
  }
}
