import GradusSQL

/// SQL of SQLite's in one form, whatever its white space, comments, letter case and quotes of names.
package enum CanonicalSQL {
  /// The tokens with a blank between them: words in lower case, names without quotes where they need none.
  package static func text(_ sql: String) -> String {
    let bytes = Array(sql.utf8)
    return text(SQLiteToken.all(in: bytes)[...], in: bytes)
  }

  static func text(_ tokens: ArraySlice<SQLiteToken>, in bytes: [UInt8]) -> String {
    var result = ""
    var needsBlank = false
    var isAfterNumber = false
    for token in tokens {
      switch token.kind {
      case .symbol(let symbol):
        // Operators of two characters must not grow together with other tokens, nor fall apart.
        let isPoint = symbol == UInt8(ascii: ".")
        let isTight =
          symbol == UInt8(ascii: ",") || symbol == UInt8(ascii: ")") || isPoint && !isAfterNumber
        if isTight { while result.last == " " { result.removeLast() } }
        // Two signs that together would begin a comment, or a point that would become a number's.
        let wouldJoin =
          isPoint && isAfterNumber
          || symbol == UInt8(ascii: "-") && result.utf8.last == symbol
          || symbol == UInt8(ascii: "*") && result.utf8.last == UInt8(ascii: "/")
        if wouldJoin, result.last != " " { result.append(" ") }
        result.append(Character(UnicodeScalar(symbol)))
        needsBlank = false
        if symbol == UInt8(ascii: ",") || symbol == UInt8(ascii: ")") { result.append(" ") }
      case .word, .quoted, .number:
        // A point and digits that together would be a number.
        let wouldJoin = token.kind == .number && result.last == "."
        if needsBlank || wouldJoin, result.last != " " { result.append(" ") }
        result += word(token, bytes)
        needsBlank = true
      }
      isAfterNumber = token.kind == .number
    }
    while result.last == " " { result.removeLast() }
    return result
  }

  private static func word(_ token: SQLiteToken, _ bytes: [UInt8]) -> String {
    switch token.kind {
    case .word: return SQLiteName(token, in: bytes).text
    case .quoted where bytes[token.range.lowerBound] != UInt8(ascii: "'"):
      let name = SQLiteName(token, in: bytes).text
      let isPlain = name.utf8.allSatisfy {
        (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
      }
      // Digits in front would make it a number.
      let isWord = isPlain && !(name.utf8.first.map { (0x30...0x39).contains($0) } ?? true)
      return isWord ? name : SQLText.identifier(name)
    default: return String(decoding: bytes[token.range], as: UTF8.self)
    }
  }
}
