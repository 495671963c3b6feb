/// A checksum over a script's tokens: line ends, indentation and comments may change, the SQL may not.
///
/// FNV-1a, 64 bits (Fowler, Noll, Vo). It finds edits; it is no defence against anyone.
package enum Checksum {
  /// `fnv1a:` and sixteen hexadecimal digits.
  package static func of(_ script: String) -> String { of(bytes: normalized(script)) }

  static func of(bytes: [UInt8]) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes {
      hash ^= UInt64(byte)
      hash &*= 0x100_0000_01b3
    }
    let digits = String(hash, radix: 16)
    return "fnv1a:" + String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// The script with each run of white space and comments outside of quotes as one blank, and line ends as one byte.
  static func normalized(_ script: String) -> [UInt8] {
    // Within quotes, too, such as the body of a function: one checkout has these line ends, and another those.
    let hasReturns = script.utf8.contains(UInt8(ascii: "\r"))
    let bytes = Array((hasReturns ? script.replacing("\r\n", with: "\n") : script).utf8)
    var result: [UInt8] = []
    var hasGap = false
    for piece in SQLPieces(bytes) {
      if piece.isGap {
        guard !isReadDifferently(bytes[piece.range]) else {
          return result + bytes[piece.range.lowerBound...]
        }
        hasGap = true
        continue
      }
      if hasGap && !result.isEmpty { result.append(UInt8(ascii: " ")) }
      hasGap = false
      result.append(contentsOf: bytes[piece.range])
    }
    return result
  }

  /// Whether one engine takes a comment to end where the other does not: PostgreSQL's nest, and one of a line ends at a
  /// carriage return too. What comes after may be SQL or not, so that every byte of it counts.
  private static func isReadDifferently(_ gap: ArraySlice<UInt8>) -> Bool {
    if gap.starts(with: "--".utf8) { return gap.dropLast().contains(UInt8(ascii: "\r")) }
    guard gap.starts(with: "/*".utf8) else { return false }
    return zip(gap.dropFirst(2), gap.dropFirst(3)).contains {
      $0 == UInt8(ascii: "/") && $1 == UInt8(ascii: "*")
    }
  }

  /// The end of the word, of the quoted text or name, of the dollar-quoted body or of the single byte that starts here.
  ///
  /// - Parameter hasEscapes: whether the token before is a text with escapes, `E'...'`, which a quote goes on with.
  static func endOfToken(_ rest: ArraySlice<UInt8>, hasEscapes: inout Bool) -> Int {
    let quote = UInt8(ascii: "'")
    var start = rest.startIndex
    let word = rest.firstIndex { !isWordByte($0) } ?? rest.endIndex
    if word == start + 1, rest[start] | 0x20 == UInt8(ascii: "e"), word < rest.endIndex, rest[word] == quote {
      hasEscapes = true
      start = word
    }
    if hasEscapes, rest[start] == quote {
      var index = start + 1
      while index < rest.endIndex, rest[index] != quote { index += rest[index] == UInt8(ascii: "\\") ? 2 : 1 }
      return min(index + 1, rest.endIndex)
    }
    hasEscapes = false
    if rest[start] == UInt8(ascii: "$") { return endOfDollarQuoted(rest) ?? start + 1 }
    if word > start { return word }
    guard [quote, UInt8(ascii: "\""), UInt8(ascii: "`")].contains(rest[start]) else { return start + 1 }
    // A doubled quote ends one quoted part and begins the next at once, which comes to the same.
    return rest.dropFirst().firstIndex(of: rest[start]).map { $0 + 1 } ?? rest.endIndex
  }

  private static func endOfDollarQuoted(_ rest: ArraySlice<UInt8>) -> Int? {
    guard let close = rest.dropFirst().firstIndex(of: UInt8(ascii: "$")) else { return nil }
    let tag = rest[rest.startIndex...close]
    let name = tag.dropFirst().dropLast()
    guard name.allSatisfy(isWordByte), !(name.first.map { (0x30...0x39).contains($0) } ?? false) else {
      return nil
    }
    var index = close + 1
    while index < rest.endIndex, !rest[index...].starts(with: tag) { index += 1 }
    return min(index + tag.count, rest.endIndex)
  }

  /// A dollar too: within a word it quotes nothing.
  static func isWordByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte >= 0x80
      || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$")
  }
}
