import GradusJSON

/// Writes JSON without spaces.
struct JSONWriter {
  enum Style {
    /// As the homeserver stores it: everything beyond printable ASCII escaped, numbers as they were spelt.
    case compact
    /// As it is signed: only what must be is escaped, each number has one spelling.
    case canonical
  }

  let style: Style
  var bytes: [UInt8] = []
  /// What has no canonical form.
  var refusal: CanonicalJSON.Refusal?

  /// - Parameter capacity: how many bytes there are likely to be.
  init(style: Style, capacity: Int = 0) {
    self.style = style
    bytes.reserveCapacity(capacity)
  }

  /// Appends what is JSON already.
  mutating func append(_ json: String) { bytes += json.utf8 }

  mutating func write(_ value: JSONValue) {
    switch value {
    case .null: bytes += "null".utf8
    case .boolean(let boolean): bytes += (boolean ? "true" : "false").utf8
    case .number(let number): write(number)
    case .string(let text): write(text)
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

  mutating func write(_ object: JSONObject) {
    bytes.append(UInt8(ascii: "{"))
    for (index, member) in object.members.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      write(member.key)
      bytes.append(UInt8(ascii: ":"))
      write(member.value)
    }
    bytes.append(UInt8(ascii: "}"))
  }

  private mutating func write(_ number: JSONNumber) {
    guard style == .canonical else { return bytes += number.spelling.utf8 }
    if let canonical = number.canonical { bytes += canonical.utf8 } else { refusal = .infiniteNumber }
  }
}
