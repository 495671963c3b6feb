/// A JSON text as `jsonb` has it: numbers are equal if their values are, members of an object have no order, and of those
/// with the same name the last counts.
package enum JSONText: Hashable, Sendable {
  case null
  case boolean(Bool)
  case number(DecimalText)
  /// UTF-8, as equal texts of Swift need not be equal bytes.
  case string([UInt8])
  case array([JSONText])
  case object([[UInt8]: JSONText])

  /// - Returns: nil where it is none, or one with more levels than are looked at.
  package init?(_ text: String) {
    var reader = JSONReader(text: Array(text.utf8))
    guard let value = reader.value(depth: 0), reader.isAtEnd else { return nil }
    self = value
  }
}

/// Reads a JSON text from its beginning. What the server has taken is valid; of other texts some are read as well.
private struct JSONReader {
  let text: [UInt8]
  private var index = 0

  /// Each takes some of the stack.
  private static let mostLevels = 500
  private static let charactersOfNumbers = Set("0123456789+-.eE".utf8)

  init(text: [UInt8]) { self.text = text }

  var isAtEnd: Bool {
    mutating get {
      skipSpaces()
      return index == text.count
    }
  }

  mutating func value(depth: Int) -> JSONText? {
    guard depth < Self.mostLevels else { return nil }
    skipSpaces()
    guard index < text.count else { return nil }
    switch text[index] {
    case UInt8(ascii: "{"): return object(depth)
    case UInt8(ascii: "["): return array(depth)
    case UInt8(ascii: "\""): return string().map(JSONText.string)
    case UInt8(ascii: "t"): return take("true") ? .boolean(true) : nil
    case UInt8(ascii: "f"): return take("false") ? .boolean(false) : nil
    case UInt8(ascii: "n"): return take("null") ? .null : nil
    default: return number()
    }
  }

  private mutating func object(_ depth: Int) -> JSONText? {
    index += 1
    var members: [[UInt8]: JSONText] = [:]
    if takes("}") { return .object(members) }
    repeat {
      skipSpaces()
      guard let name = string(), takes(":"), let member = value(depth: depth + 1) else { return nil }
      members[name] = member
    } while takes(",")
    return takes("}") ? .object(members) : nil
  }

  private mutating func array(_ depth: Int) -> JSONText? {
    index += 1
    var values: [JSONText] = []
    if takes("]") { return .array(values) }
    repeat {
      guard let element = value(depth: depth + 1) else { return nil }
      values.append(element)
    } while takes(",")
    return takes("]") ? .array(values) : nil
  }

  private mutating func number() -> JSONText? {
    let digits = text[index...].prefix { Self.charactersOfNumbers.contains($0) }
    index = digits.endIndex
    return DecimalText(digits).map(JSONText.number)
  }

  private mutating func string() -> [UInt8]? {
    guard index < text.count, text[index] == UInt8(ascii: "\"") else { return nil }
    index += 1
    var bytes: [UInt8] = []
    while index < text.count {
      let byte = text[index]
      index += 1
      switch byte {
      case UInt8(ascii: "\""): return bytes
      case UInt8(ascii: "\\"):
        guard let escaped = escape() else { return nil }
        bytes += escaped
      default: bytes.append(byte)
      }
    }
    return nil
  }

  /// What follows a backslash.
  private mutating func escape() -> [UInt8]? {
    guard index < text.count else { return nil }
    let byte = text[index]
    index += 1
    switch byte {
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"):
      guard let first = codeUnit() else { return nil }
      var units = [first]
      // Characters beyond the first plane are two.
      if UTF16.isLeadSurrogate(first) {
        guard take("\\u"), let second = codeUnit() else { return nil }
        units.append(second)
      }
      return Array(String(decoding: units, as: UTF16.self).utf8)
    default: return [byte]
    }
  }

  private mutating func codeUnit() -> UInt16? {
    guard index + 4 <= text.count else { return nil }
    defer { index += 4 }
    return UInt16(String(decoding: text[index..<index + 4], as: UTF8.self), radix: 16)
  }

  /// Whether a sign comes next, spaces or not.
  private mutating func takes(_ sign: String) -> Bool {
    skipSpaces()
    return take(sign)
  }

  private mutating func take(_ word: String) -> Bool {
    guard text[index...].starts(with: word.utf8) else { return false }
    index += word.utf8.count
    return true
  }

  private mutating func skipSpaces() {
    while index < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[index]) { index += 1 }
  }
}
