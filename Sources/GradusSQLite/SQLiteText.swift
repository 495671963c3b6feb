internal import CGradusSQLite
import GradusSQL

/// Where statements start and end in SQLite's SQL.
enum SQLiteText {
  /// Whether there is nothing but white space, comments and semicolons.
  static func isBlank(_ bytes: [UInt8]) -> Bool {
    var index = skipSpace(bytes, from: 0)
    while index < bytes.count, bytes[index] == UInt8(ascii: ";") { index = skipSpace(bytes, from: index + 1) }
    return index >= bytes.count
  }

  /// The first byte at or after `start` that is neither white space nor in a comment; `start` where there is none.
  static func firstToken(_ bytes: [UInt8], from start: Int) -> Int {
    let index = skipSpace(bytes, from: start)
    return index < bytes.count ? index : start
  }

  private static func skipSpace(_ bytes: [UInt8], from start: Int) -> Int {
    var index = start
    while let end = SQLGap.end(bytes[index...]) { index = end }
    return index
  }

  /// The end of the statement that starts at `start`: the first `;` at which SQLite itself says that a statement is
  /// complete, which keeps a trigger's body whole. It is not asked about those in quotes and comments: it looks at all of the
  /// statement, and a text may hold very many.
  static func endOfStatement(_ bytes: [UInt8], from start: Int) -> Int {
    var index = start
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "-") || byte == UInt8(ascii: "/"), let end = SQLGap.end(bytes[index...]) {
        index = end
        continue
      }
      index += 1
      if let quote = closingQuote(of: byte) {
        index = bytes[index...].firstIndex(of: quote).map { $0 + 1 } ?? bytes.count
      } else if byte == UInt8(ascii: ";"),
        sqlite3_complete(String(decoding: bytes[start..<index], as: UTF8.self)) == 1
      {
        return index
      }
    }
    return bytes.count
  }

  /// What closes a quote; nil where a byte opens none. A doubled one closes it and opens the next, which comes to the same.
  private static func closingQuote(of byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"): byte
    case UInt8(ascii: "["): UInt8(ascii: "]")
    default: nil
    }
  }
}
