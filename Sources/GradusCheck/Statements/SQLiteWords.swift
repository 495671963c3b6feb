import Gradus

/// The tokens of a statement of SQLite's, for who looks for words in it.
struct SQLiteWords {
  let bytes: [UInt8]
  let tokens: [SQLiteToken]

  init(_ statement: String) {
    bytes = Array(statement.utf8)
    tokens = SQLiteToken.all(in: bytes)
  }

  /// A token as a keyword; nil past the end and for what is no bare word.
  func keyword(_ index: Int) -> String? {
    guard tokens.indices.contains(index), tokens[index].kind == .word else { return nil }
    return text(index).uppercased()
  }

  /// A token as a name in lower case, without its quotes; nil for numbers, symbols and past the end.
  func name(_ index: Int) -> String? {
    guard tokens.indices.contains(index) else { return nil }
    switch tokens[index].kind {
    case .word, .quoted: return SQLiteName(tokens[index], in: bytes).text
    case .number, .symbol: return nil
    }
  }

  /// Whether a token is a symbol.
  func isSymbol(_ index: Int, _ symbol: Character) -> Bool {
    tokens.indices.contains(index) && tokens[index].kind == .symbol(symbol.asciiValue ?? 0)
  }

  /// Whether a token has double quotes.
  func isDoubleQuoted(_ index: Int) -> Bool {
    tokens[index].kind == .quoted && bytes[tokens[index].range.lowerBound] == UInt8(ascii: "\"")
  }

  /// Whether a token is a constant: a number or a text in single quotes.
  func isConstant(_ index: Int) -> Bool {
    guard tokens.indices.contains(index) else { return false }
    let token = tokens[index]
    return token.kind == .number
      || token.kind == .quoted && bytes[token.range.lowerBound] == UInt8(ascii: "'")
  }

  /// A token as it stands.
  func text(_ index: Int) -> String {
    guard tokens.indices.contains(index) else { return "" }
    return String(decoding: bytes[tokens[index].range], as: UTF8.self)
  }

  /// A name that may have its schema before it, and the place behind it.
  func qualifiedName(at index: Int) -> (name: String, end: Int)? {
    guard let first = name(index) else { return nil }
    guard isSymbol(index + 1, "."), let second = name(index + 2) else { return (first, index + 1) }
    return (second, index + 3)
  }

  /// The places of tokens that stand in no brackets, nor are one.
  func outer(in place: Range<Int>) -> [Int] {
    var depth = 0
    return place.filter { index in
      if isSymbol(index, "(") { depth += 1 }
      defer { if isSymbol(index, ")") { depth -= 1 } }
      return depth == 0
    }
  }

  /// What stands between tokens of a sort that stand in no brackets.
  func parts(of place: Range<Int>, separatedBy isSeparator: (Int) -> Bool) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var start = place.lowerBound
    for index in outer(in: place) where isSeparator(index) {
      parts.append(start..<index)
      start = index + 1
    }
    return parts + [start..<place.upperBound]
  }

  /// Without the brackets around all of it.
  func withoutBrackets(_ place: Range<Int>) -> Range<Int> {
    var place = place
    while place.count > 1, isSymbol(place.lowerBound, "("), isSymbol(place.upperBound - 1, ")"),
      outer(in: place).isEmpty
    {
      place = (place.lowerBound + 1)..<(place.upperBound - 1)
    }
    return place
  }
}
