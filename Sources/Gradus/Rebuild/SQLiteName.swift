/// A name as SQLite compares it: upper and lower case of ASCII letters are the same, of others not.
package struct SQLiteName: Hashable {
  private let folded: [UInt8]

  /// - Parameter name: the name without quotes.
  package init(_ name: String) { folded = name.utf8.map(Self.fold) }

  /// The name that a token writes.
  package init(_ token: SQLiteToken, in bytes: [UInt8]) {
    var name = Array(bytes[token.range])
    if token.kind == .quoted {
      let quote = name.removeFirst()
      if !name.isEmpty { name.removeLast() }
      if quote != UInt8(ascii: "[") { name = Self.undouble(quote, name) }
    }
    folded = name.map(Self.fold)
  }

  /// The name with ASCII letters in lower case.
  package var text: String { String(decoding: folded, as: UTF8.self) }

  private static func undouble(_ quote: UInt8, _ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var isSecond = false
    for byte in bytes {
      if byte == quote && isSecond {
        isSecond = false
      } else {
        result.append(byte)
        isSecond = byte == quote
      }
    }
    return result
  }

  private static func fold(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
}
