extension JSONScanner {
  /// Reads a string, its quotes included.
  mutating func text() throws(Failure) -> JSONText {
    guard next == UInt8(ascii: "\"") else { throw failure }
    offset += 1
    var text: [UInt8] = []
    while true {
      let end = endOfRun
      text += bytes[offset..<end]
      offset = end
      guard let next, next >= 0x20 else { throw failure }
      offset += 1
      if next == UInt8(ascii: "\"") { return JSONText(bytes: text) }
      try escape(into: &text)
    }
  }

  /// Passes over a string, its quotes included.
  ///
  /// - Returns: where its characters stand if they stand for themselves; nil where there are escapes.
  mutating func skipText() throws(Failure) -> Range<Int>? {
    guard next == UInt8(ascii: "\"") else { throw failure }
    let start = offset + 1
    offset = start
    offset = endOfRun
    guard next == UInt8(ascii: "\"") else {
      offset = start - 1
      _ = try text()
      return nil
    }
    offset += 1
    return start..<offset - 1
  }

  /// Where the bytes that stand for themselves end: at a quote, a backslash, a control character or the end.
  private var endOfRun: Int {
    bytes.withUnsafeBufferPointer { bytes in
      var end = offset
      while end < bytes.count, bytes[end] != UInt8(ascii: "\""), bytes[end] != UInt8(ascii: "\\"),
        bytes[end] >= 0x20
      { end += 1 }
      return end
    }
  }

  private mutating func escape(into text: inout [UInt8]) throws(Failure) {
    guard let next else { throw failure }
    offset += 1
    switch next {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(next)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"): Self.append(try codePoint(), to: &text)
    default: throw Failure(offset: offset - 1)
    }
  }

  /// Reads what follows `\u`, and the second half of a surrogate pair with it.
  private mutating func codePoint() throws(Failure) -> UInt32 {
    let first = try unit()
    guard (0xD800..<0xE000).contains(first) else { return first }
    guard first < 0xDC00, bytes[offset...].starts(with: "\\u".utf8) else {
      hasLoneSurrogates = true
      return first
    }
    let afterFirst = offset
    offset += 2
    let second = try unit()
    guard (0xDC00..<0xE000).contains(second) else {
      offset = afterFirst
      hasLoneSurrogates = true
      return first
    }
    return 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
  }

  private mutating func unit() throws(Failure) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let next, let digit = Character(Unicode.Scalar(next)).hexDigitValue else { throw failure }
      unit = unit << 4 | UInt32(digit)
      offset += 1
    }
    return unit
  }

  /// UTF-8, of surrogates too.
  private static func append(_ point: UInt32, to text: inout [UInt8]) {
    func tail(_ shift: UInt32) -> UInt8 { UInt8(0x80 | point >> shift & 0x3F) }
    switch point {
    case ..<0x80: text.append(UInt8(point))
    case ..<0x800: text += [UInt8(0xC0 | point >> 6), tail(0)]
    case ..<0x10000: text += [UInt8(0xE0 | point >> 12), tail(6), tail(0)]
    default: text += [UInt8(0xF0 | point >> 18), tail(12), tail(6), tail(0)]
    }
  }
}
