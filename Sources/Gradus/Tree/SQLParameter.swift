import GradusSQL

/// A parameter in SQL that runs as it stands: nobody gives it a value, and SQLite takes it for NULL.
package enum SQLParameter {
  /// The bytes of the first that the engine would find, which those in quotes and comments are not.
  static func first(in bytes: [UInt8], on engine: Engine) -> Range<Int>? {
    switch engine {
    // What a parameter begins with stands for nothing else there.
    case .sqlite: bytes.contains(where: marks.contains) ? firstOnSQLite(bytes) : nil
    case .postgres: bytes.contains(dollar) ? firstOnPostgres(bytes) : nil
    }
  }

  private static let dollar = UInt8(ascii: "$")
  private static let colon = UInt8(ascii: ":")
  private static let marks = Array("?:@#$".utf8)

  /// `?`, `?1`, `:a`, `@a`, `#a`, `$a`.
  private static func firstOnSQLite(_ bytes: [UInt8]) -> Range<Int>? {
    for token in SQLiteToken.all(in: bytes) {
      let start = token.range.lowerBound
      switch token.kind {
      case .word where bytes[start] == dollar: return token.range
      case .symbol(let symbol) where marks.contains(symbol):
        let end = bytes[(start + 1)...].firstIndex { !Checksum.isWordByte($0) } ?? bytes.count
        // A cast of PostgreSQL's is no parameter, and SQLite says itself what it thinks of it.
        let isCast = symbol == colon && start > 0 && bytes[start - 1] == colon
        if symbol == UInt8(ascii: "?") || end > start + 1 && !isCast { return start..<end }
      default: continue
      }
    }
    return nil
  }

  private static func firstOnPostgres(_ bytes: [UInt8]) -> Range<Int>? { numbered(in: bytes).first }

  /// The bytes of each `$1`: elsewhere a dollar begins a quoted body, or is within a name, a text or a comment.
  package static func numbered(in bytes: [UInt8]) -> [Range<Int>] {
    var found: [Range<Int>] = []
    for token in SQLPieces(bytes) where !token.isGap && token.range.count == 1 {
      let start = token.range.lowerBound
      let digits = bytes[(start + 1)...].prefix { (0x30...0x39).contains($0) }
      if bytes[start] == dollar, !digits.isEmpty { found.append(start..<digits.endIndex) }
    }
    return found
  }
}
