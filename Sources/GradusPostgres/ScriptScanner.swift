import GradusSQL

/// Finds the statements of a PostgreSQL script without a parser.
///
/// Follows the server's lexer in what hides a semicolon: quotes, dollar quotes, nested comments, parentheses (as in
/// CREATE RULE) and the body of a function in standard SQL (BEGIN ATOMIC ... END). The server itself splits the
/// script; this only names statements in errors and finds the forbidden ones.
struct ScriptScanner {
  private let bytes: [UInt8]
  private let plainStringsHaveEscapes: Bool
  private var index = 0

  // Of the statement that is being read.
  private var start: Int?
  private var end = 0
  private var words: [String] = []
  private var isStartOfStatement = true
  private var previousWord = ""
  private var parentheses = 0
  private var blocks = 0

  /// Whether what was scanned ends outside of all quotes, comments, parentheses and bodies.
  private(set) var isClosed = true

  /// - Parameters:
  ///   - script: the text in UTF-8.
  ///   - plainStringsHaveEscapes: whether the server's `standard_conforming_strings` is off.
  init(_ script: [UInt8], plainStringsHaveEscapes: Bool = false) {
    bytes = script
    self.plainStringsHaveEscapes = plainStringsHaveEscapes
  }

  /// The statements in order; empty ones, which the server skips, are left out.
  static func statements(of script: String, plainStringsHaveEscapes: Bool = false) -> [ScriptStatement] {
    var scanner = ScriptScanner(Array(script.utf8), plainStringsHaveEscapes: plainStringsHaveEscapes)
    return scanner.scan()
  }

  mutating func scan() -> [ScriptStatement] {
    var statements: [ScriptStatement] = []
    while true {
      skipSpaceAndComments()
      guard let byte = peek() else { break }
      if byte == UInt8(ascii: ";"), parentheses == 0, blocks == 0 {
        index += 1
        if let start { statements.append(ScriptStatement(range: start..<index, words: words)) }
        beginStatement()
      } else {
        if start == nil { start = index }
        token(byte)
        // An unclosed quote runs past the end.
        if index > bytes.count {
          index = bytes.count
          isClosed = false
        }
        end = index
      }
    }
    if let start {
      statements.append(ScriptStatement(range: start..<end, words: words))
      if parentheses > 0 || blocks > 0 { isClosed = false }
    }
    return statements
  }

  private mutating func beginStatement() {
    start = nil
    words = []
    isStartOfStatement = true
    previousWord = ""
    parentheses = 0
    blocks = 0
  }

  private func peek(_ distance: Int = 0) -> UInt8? {
    index + distance < bytes.count ? bytes[index + distance] : nil
  }

  private mutating func token(_ byte: UInt8) {
    switch byte {
    case _ where Self.startsIdentifier(byte):
      word()
      return
    case UInt8(ascii: "'"): string(hasEscapes: plainStringsHaveEscapes)
    case UInt8(ascii: "\""): quotedIdentifier()
    case UInt8(ascii: "$"): dollar()
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      while let next = peek(), Self.continuesIdentifier(next), next != UInt8(ascii: "$") { index += 1 }
    case UInt8(ascii: "("):
      parentheses += 1
      index += 1
    case UInt8(ascii: ")"):
      parentheses = max(0, parentheses - 1)
      index += 1
    default: index += 1
    }
    isStartOfStatement = false
    previousWord = ""
  }

  // MARK: Words

  private mutating func word() {
    let first = index
    while let next = peek(), Self.continuesIdentifier(next) { index += 1 }
    let word = String(decoding: bytes[first..<index], as: UTF8.self).lowercased()
    if word == "e", peek() == UInt8(ascii: "'") {
      string(hasEscapes: true)
      isStartOfStatement = false
      return
    }
    if isStartOfStatement {
      words.append(word)
      isStartOfStatement = words.count < 2
    }
    trackBlocks(word)
    previousWord = word
  }

  private mutating func trackBlocks(_ word: String) {
    guard words.first == "create" else { return }
    switch word {
    case "atomic" where previousWord == "begin" && blocks == 0: blocks = 1
    case "case" where blocks > 0: blocks += 1
    case "end" where blocks > 0: blocks -= 1
    default: break
    }
  }

  private static func startsIdentifier(_ byte: UInt8) -> Bool {
    byte >= 0x80 || byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  private static func continuesIdentifier(_ byte: UInt8) -> Bool {
    startsIdentifier(byte) || byte == UInt8(ascii: "$")
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  // MARK: Quotes

  /// A string from its opening quote. A doubled quote closes one string and opens the next, which comes to the same.
  private mutating func string(hasEscapes: Bool) {
    repeat {
      index += 1
      while let byte = peek(), byte != UInt8(ascii: "'") {
        index += hasEscapes && byte == UInt8(ascii: "\\") ? 2 : 1
      }
      index += 1
      // The rest only matters where escapes go on: `E'a'` and, on a later line, `'b'` are one string.
    } while hasEscapes && (peek() == UInt8(ascii: "'") || skipToContinuation())
  }

  /// Moves to a string's continuation: a quote after white space and comments with a line break in it.
  private mutating func skipToContinuation() -> Bool {
    let before = index
    var hasLineBreak = false
    while let byte = peek() {
      if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
        hasLineBreak = true
        index += 1
      } else if Self.isSpace(byte) {
        index += 1
      } else if byte == UInt8(ascii: "-"), peek(1) == UInt8(ascii: "-") {
        skipLine()
      } else {
        break
      }
    }
    if hasLineBreak, peek() == UInt8(ascii: "'") { return true }
    index = before
    return false
  }

  private mutating func quotedIdentifier() {
    index += 1
    while let byte = peek(), byte != UInt8(ascii: "\"") { index += 1 }
    index += 1
  }

  /// A dollar-quoted string, or a lone dollar as in `$1`.
  private mutating func dollar() {
    var end = index + 1
    if end < bytes.count, Self.startsIdentifier(bytes[end]) {
      while end < bytes.count, Self.continuesIdentifier(bytes[end]), bytes[end] != UInt8(ascii: "$") {
        end += 1
      }
    }
    guard end < bytes.count, bytes[end] == UInt8(ascii: "$") else {
      index += 1
      return
    }
    let tag = bytes[index...end]
    index = end + 1
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "$"), bytes[index...].starts(with: tag) {
        index += tag.count
        return
      }
      index += 1
    }
    isClosed = false
  }

  // MARK: Space

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  private mutating func skipSpaceAndComments() {
    while let byte = peek() {
      if Self.isSpace(byte) {
        index += 1
      } else if byte == UInt8(ascii: "-"), peek(1) == UInt8(ascii: "-") {
        skipLine()
      } else if byte == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
        let end = SQLGap.endOfNestedComment(bytes[index...])
        index = end ?? bytes.count
        if end == nil { isClosed = false }
      } else {
        return
      }
    }
  }

  private mutating func skipLine() {
    while let byte = peek(), byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") { index += 1 }
  }
}
