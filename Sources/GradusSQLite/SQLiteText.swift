internal import CSQLite
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
  /// complete, which keeps a trigger's body whole.
  static func endOfStatement(_ bytes: [UInt8], from start: Int) -> Int {
    var index = start
    while let semicolon = bytes[index...].firstIndex(of: UInt8(ascii: ";")) {
      if sqlite3_complete(String(decoding: bytes[start...semicolon], as: UTF8.self)) == 1 {
        return semicolon + 1
      }
      index = semicolon + 1
    }
    return bytes.count
  }
}
