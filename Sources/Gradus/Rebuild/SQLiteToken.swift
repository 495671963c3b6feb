import GradusSQL

/// A token of SQLite's SQL, and where it is in the text's bytes.
package struct SQLiteToken {
  /// What a token is.
  package enum Kind: Hashable {
    /// A keyword or a name without quotes.
    case word
    /// A name or text in quotes of any sort: `"a"`, `'a'`, `` `a` ``, `[a]`.
    case quoted
    /// A number; of one with a sign in its exponent, the first part.
    case number
    /// A byte of an operator, a bracket, a comma.
    case symbol(UInt8)
  }

  /// What it is.
  package let kind: Kind
  /// Its bytes in the text.
  package let range: Range<Int>

  /// The tokens of a text, as SQLite's own tokenizer divides it where that matters to find names and brackets.
  package static func all(in bytes: [UInt8]) -> [SQLiteToken] {
    var tokens: [SQLiteToken] = []
    var index = 0
    while index < bytes.count {
      if let end = SQLGap.end(bytes[index...]) {
        index = end
        continue
      }
      let (kind, end) = token(bytes, from: index)
      tokens.append(SQLiteToken(kind: kind, range: index..<end))
      index = end
    }
    return tokens
  }

  /// The kind and the end of the token that starts at a place, which is no gap.
  static func token(_ bytes: [UInt8], from start: Int) -> (Kind, end: Int) {
    let first = bytes[start]
    switch first {
    case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"):
      return (.quoted, endOfQuoted(bytes, from: start))
    case UInt8(ascii: "["):
      return (.quoted, bytes[start...].firstIndex(of: UInt8(ascii: "]")).map { $0 + 1 } ?? bytes.count)
    case _
    where isDigit(first)
      || first == UInt8(ascii: ".") && bytes.count > start + 1 && isDigit(bytes[start + 1]):
      let end = bytes[start...].firstIndex { !isWordByte($0) && $0 != UInt8(ascii: ".") } ?? bytes.count
      return (.number, end)
    case _ where isWordByte(first):
      return (.word, bytes[start...].firstIndex { !isWordByte($0) } ?? bytes.count)
    default: return (.symbol(first), start + 1)
    }
  }

  /// The quote itself is doubled inside.
  private static func endOfQuoted(_ bytes: [UInt8], from start: Int) -> Int {
    var index = start + 1
    while let close = bytes[index...].firstIndex(of: bytes[start]) {
      guard close + 1 < bytes.count, bytes[close + 1] == bytes[start] else { return close + 1 }
      index = close + 2
    }
    return bytes.count
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  /// SQLite takes `$` and all that is not ASCII for letters.
  private static func isWordByte(_ byte: UInt8) -> Bool {
    isDigit(byte) || (0x61...0x7A).contains(byte | 0x20) || byte >= 0x80 || byte == UInt8(ascii: "_")
      || byte == UInt8(ascii: "$")
  }
}
