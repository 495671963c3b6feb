import Foundation

/// Reads the JSON that nearly all events are written in, several times as fast as Foundation, as what Foundation would
/// make of it. Of members that are not wanted it only makes sure that they are right.
///
/// Plain is: no escapes, no control characters, whole numbers of up to 15 digits, no key twice, no great depth. Whatever
/// else there is, right or wrong, is left to Foundation.
struct PlainJSON {
  private struct NotPlain: Error {}

  private static let maxDepth = 32
  private static let maxDigits = 15

  private let bytes: UnsafeBufferPointer<UInt8>
  private var offset = 0

  private init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// Reads an object.
  ///
  /// - Parameter keys: the members that are wanted; nil for all.
  /// - Returns: nil where it is not plain.
  static func object(_ json: String, keeping keys: Set<String>? = nil) -> [String: Any]? {
    var json = json
    return json.withUTF8 { bytes in
      var reader = PlainJSON(bytes)
      return try? reader.document(keeping: keys)
    }
  }

  private mutating func document(keeping keys: Set<String>?) throws(NotPlain) -> [String: Any] {
    skipSpaces()
    guard next == UInt8(ascii: "{") else { throw NotPlain() }
    let object = try object(keeping: keys, depth: 1)
    skipSpaces()
    guard offset == bytes.count else { throw NotPlain() }
    return object
  }

  private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func object(keeping keys: Set<String>?, depth: Int) throws(NotPlain) -> [String: Any] {
    var object: [String: Any] = [:]
    try members(depth) { reader, range throws(NotPlain) in
      let key = reader.string(range)
      guard keys?.contains(key) ?? true else { return try reader.skip(depth: depth + 1) }
      guard object.updateValue(try reader.value(depth: depth + 1), forKey: key) == nil else {
        throw NotPlain()
      }
    }
    return object
  }

  private mutating func value(depth: Int) throws(NotPlain) -> Any {
    switch next {
    case UInt8(ascii: "{"): return try object(keeping: nil, depth: depth)
    case UInt8(ascii: "["):
      var array: [Any] = []
      try elements(depth) { reader throws(NotPlain) in array.append(try reader.value(depth: depth + 1)) }
      return array
    case UInt8(ascii: "\""): return string(try text())
    case UInt8(ascii: "t"):
      try word("true")
      return NSNumber(value: true)
    case UInt8(ascii: "f"):
      try word("false")
      return NSNumber(value: false)
    case UInt8(ascii: "n"):
      try word("null")
      return NSNull()
    default: return NSNumber(value: try number())
    }
  }

  private mutating func skip(depth: Int) throws(NotPlain) {
    switch next {
    case UInt8(ascii: "{"):
      try members(depth) { reader, _ throws(NotPlain) in try reader.skip(depth: depth + 1) }
    case UInt8(ascii: "["):
      try elements(depth) { reader throws(NotPlain) in try reader.skip(depth: depth + 1) }
    case UInt8(ascii: "\""): _ = try text()
    case UInt8(ascii: "t"): try word("true")
    case UInt8(ascii: "f"): try word("false")
    case UInt8(ascii: "n"): try word("null")
    default: _ = try number()
    }
  }

  /// Goes through an object's members; `body` is given each key, and reads the value.
  private mutating func members(
    _ depth: Int, _ body: (inout PlainJSON, Range<Int>) throws(NotPlain) -> Void
  ) throws(NotPlain) {
    try list(depth, end: "}") { reader throws(NotPlain) in
      let key = try reader.text()
      reader.skipSpaces()
      guard reader.take(":") else { throw NotPlain() }
      reader.skipSpaces()
      try body(&reader, key)
    }
  }

  private mutating func elements(
    _ depth: Int, _ body: (inout PlainJSON) throws(NotPlain) -> Void
  ) throws(NotPlain) {
    try list(depth, end: "]", body)
  }

  private mutating func list(
    _ depth: Int, end: Unicode.Scalar, _ body: (inout PlainJSON) throws(NotPlain) -> Void
  ) throws(NotPlain) {
    guard depth <= Self.maxDepth else { throw NotPlain() }
    offset += 1
    skipSpaces()
    guard !take(end) else { return }
    repeat {
      skipSpaces()
      try body(&self)
      skipSpaces()
    } while take(",")
    guard take(end) else { throw NotPlain() }
  }

  /// Reads a string; where its characters stand.
  private mutating func text() throws(NotPlain) -> Range<Int> {
    guard take("\"") else { throw NotPlain() }
    let start = offset
    while let next, next != UInt8(ascii: "\"") {
      guard next >= 0x20, next != UInt8(ascii: "\\") else { throw NotPlain() }
      offset += 1
    }
    guard take("\"") else { throw NotPlain() }
    return start..<offset - 1
  }

  private func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  private mutating func number() throws(NotPlain) -> Int {
    let isNegative = take("-")
    let start = offset
    var number = 0
    while let next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next), offset - start < Self.maxDigits {
      number = number * 10 + Int(next - UInt8(ascii: "0"))
      offset += 1
    }
    // Neither a leading zero nor that of -0.
    let isPlain = offset > start && (bytes[start] != UInt8(ascii: "0") || offset == start + 1 && !isNegative)
    guard isPlain else { throw NotPlain() }
    // A fraction, an exponent or a further digit ends no value.
    return isNegative ? -number : number
  }

  private mutating func word(_ word: StaticString) throws(NotPlain) {
    let spelling = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
    guard bytes[offset...].starts(with: spelling) else { throw NotPlain() }
    offset += spelling.count
  }

  private mutating func skipSpaces() {
    while let next, next == 0x20 || next == 0x0A || next == 0x0D || next == 0x09 { offset += 1 }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    offset += 1
    return true
  }
}
