/// Reads JSON, strictly by its grammar.
///
/// Foundation's readers turn numbers into doubles or 64-bit integers, fail at lone surrogates, and take keys for equal
/// that Unicode calls equivalent. Here a text comes back as it was: an event must, or its signatures break.
package struct JSONScanner {
  /// Where the text is no JSON.
  package struct Failure: Error, CustomStringConvertible {
    /// In bytes.
    package let offset: Int

    package var description: String { "it is not valid JSON at byte \(offset)" }
  }

  /// Deeper values are refused, as Foundation does: they would need too much of a thread's stack.
  package static let maxDepth = 512

  package let bytes: [UInt8]
  var offset = 0
  let maxDepth: Int
  /// Where the values of the outermost object stand, in the order of the text, also those that a later one hides.
  package private(set) var outermost: [(key: JSONText, range: Range<Int>)] = []
  /// Whether some string that was read, also one that a later one hides, has half of a surrogate pair.
  package internal(set) var hasLoneSurrogates = false

  /// - Parameters:
  ///   - bytes: UTF-8.
  ///   - maxDepth: how many levels of values are read at most.
  package init(_ bytes: [UInt8], maxDepth: Int = JSONScanner.maxDepth) {
    self.bytes = bytes
    self.maxDepth = maxDepth
  }

  /// Reads a text that holds one value and nothing else.
  package static func value(_ text: String) throws(Failure) -> JSONValue {
    var scanner = JSONScanner(Array(text.utf8))
    return try scanner.document()
  }

  /// Reads the one value.
  package mutating func document() throws(Failure) -> JSONValue {
    skipSpaces()
    let value = try self.value(depth: 1)
    skipSpaces()
    guard offset == bytes.count else { throw failure }
    return value
  }

  var failure: Failure { Failure(offset: offset) }
  /// The next byte; nil at the end.
  var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  mutating func value(depth: Int) throws(Failure) -> JSONValue {
    guard let next, depth <= maxDepth else { throw failure }
    switch next {
    case UInt8(ascii: "{"): return .object(try object(depth))
    case UInt8(ascii: "["): return .array(try array(depth))
    case UInt8(ascii: "\""): return .string(try text())
    case UInt8(ascii: "t"): return try word("true", .boolean(true))
    case UInt8(ascii: "f"): return try word("false", .boolean(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func object(_ depth: Int) throws(Failure) -> JSONObject {
    var members: [JSONObject.Member] = []
    try list(end: "}") { scanner throws(Failure) in
      let key = try scanner.text()
      try scanner.skipColon()
      let start = scanner.offset
      members.append(.init(key: key, value: try scanner.value(depth: depth + 1)))
      if depth == 1 { scanner.outermost.append((key, start..<scanner.offset)) }
    }
    return JSONObject(members)
  }

  private mutating func array(_ depth: Int) throws(Failure) -> [JSONValue] {
    var elements: [JSONValue] = []
    try list(end: "]") { scanner throws(Failure) in
      elements.append(try scanner.value(depth: depth + 1))
    }
    return elements
  }

  /// Goes through the elements of an array or the members of an object, from its opening bracket on.
  mutating func list(
    end: Unicode.Scalar, _ element: (inout JSONScanner) throws(Failure) -> Void
  ) throws(Failure) {
    offset += 1
    skipSpaces()
    guard !take(end) else { return }
    repeat {
      skipSpaces()
      try element(&self)
      skipSpaces()
    } while take(",")
    guard take(end) else { throw failure }
  }

  mutating func skipColon() throws(Failure) {
    skipSpaces()
    guard take(":") else { throw failure }
    skipSpaces()
  }

  private mutating func word(_ word: String, _ value: JSONValue) throws(Failure) -> JSONValue {
    guard bytes[offset...].starts(with: word.utf8) else { throw failure }
    offset += word.utf8.count
    return value
  }

  private mutating func number() throws(Failure) -> JSONNumber {
    let range = try numberRange()
    return JSONNumber(spelling: String(decoding: bytes[range], as: UTF8.self))
  }

  /// Passes over a number; where it stands.
  mutating func numberRange() throws(Failure) -> Range<Int> {
    let start = offset
    _ = take("-")
    if !take("0") { try digits() }
    if take(".") { try digits() }
    if take("e") || take("E") {
      _ = take("+") || take("-")
      try digits()
    }
    return start..<offset
  }

  private mutating func digits() throws(Failure) {
    let start = offset
    while let next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next) { offset += 1 }
    guard offset > start else { throw failure }
  }

  mutating func skipSpaces() {
    while let next, next == 0x20 || next == 0x0A || next == 0x0D || next == 0x09 { offset += 1 }
  }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    offset += 1
    return true
  }
}
