/// Writes JSON without spaces.
struct JSONWriter {
  enum Style {
    /// As the homeserver stores it: everything beyond printable ASCII escaped, numbers as they were spelt.
    case compact
    /// As it is signed: only what must be is escaped, each number has one spelling.
    case canonical
  }

  let style: Style
  private(set) var bytes: [UInt8] = []
  /// What has no canonical form.
  private(set) var refusal: CanonicalJSON.Refusal?

  init(style: Style) { self.style = style }

  mutating func write(_ value: JSONValue) {
    switch value {
    case .null: write(spelling: "null")
    case .boolean(let boolean): write(spelling: boolean ? "true" : "false")
    case .number(let number): write(number)
    case .string(let text): write(text.bytes)
    case .array(let elements): writeArray(elements) { writer, element in writer.write(element) }
    case .object(let object): write(object)
    }
  }

  mutating func writeArray<Element>(_ elements: [Element], _ write: (inout JSONWriter, Element) -> Void) {
    bytes.append(UInt8(ascii: "["))
    for (index, element) in elements.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      write(&self, element)
    }
    bytes.append(UInt8(ascii: "]"))
  }

  /// Writes a number or word as it stands.
  mutating func write(spelling: String) { bytes += spelling.utf8 }

  mutating func write(_ object: JSONObject) {
    bytes.append(UInt8(ascii: "{"))
    for (index, member) in object.members.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      write(member.key.bytes)
      bytes.append(UInt8(ascii: ":"))
      write(member.value)
    }
    bytes.append(UInt8(ascii: "}"))
  }

  private mutating func write(_ number: JSONNumber) {
    guard style == .canonical else { return bytes += number.spelling.utf8 }
    if let canonical = number.canonical { bytes += canonical.utf8 } else { refusal = .infiniteNumber }
  }

  /// - Parameter text: the bytes of a `JSONText`.
  mutating func write(_ text: some Collection<UInt8>) {
    bytes.append(UInt8(ascii: "\""))
    defer { bytes.append(UInt8(ascii: "\"")) }
    // Most texts need no escapes.
    if text.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
      bytes += text
      return
    }
    var index = text.startIndex
    while index < text.endIndex {
      let byte = text[index]
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 0x20...0x7E: bytes.append(byte)
      case 0x0A: bytes += "\\n".utf8
      case 0x0D: bytes += "\\r".utf8
      case 0x09: bytes += "\\t".utf8
      case 0x08: bytes += "\\b".utf8
      case 0x0C: bytes += "\\f".utf8
      case ..<0x20: escape(UInt16(byte))
      case 0x7F where style == .canonical: bytes.append(byte)
      case 0x7F: escape(0x7F)
      default:
        let end = text.index(index, offsetBy: byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4)
        writeBeyondASCII(text[index..<end])
        index = end
        continue
      }
      index = text.index(after: index)
    }
  }

  /// Writes one code point of several bytes.
  private mutating func writeBeyondASCII(_ sequence: some Collection<UInt8>) {
    guard style == .compact else {
      // 0xED and then 0xA0 or more is what surrogates look like.
      let second = sequence[sequence.index(after: sequence.startIndex)]
      if sequence.first == 0xED, second >= 0xA0 { refusal = .loneSurrogate }
      bytes += sequence
      return
    }
    let lead = UInt32(sequence.first ?? 0)
    let payload = lead & (sequence.count == 2 ? 0x1F : sequence.count == 3 ? 0x0F : 0x07)
    let point = sequence.dropFirst().reduce(payload) { $0 << 6 | UInt32($1 & 0x3F) }
    guard point > 0xFFFF else { return escape(UInt16(point)) }
    escape(UInt16(0xD800 + (point - 0x10000) >> 10))
    escape(UInt16(0xDC00 + (point - 0x10000) & 0x3FF))
  }

  private mutating func escape(_ unit: UInt16) {
    let digits = Array("0123456789abcdef".utf8)
    bytes += "\\u".utf8
    for shift in [12, 8, 4, 0] { bytes.append(digits[Int(unit >> shift & 15)]) }
  }
}
