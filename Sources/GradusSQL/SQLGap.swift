/// What separates the tokens of SQL: white space and comments.
package enum SQLGap {
  /// The end of the white space or of the one comment that starts a text, or nil where a token starts it.
  ///
  /// Comments do not nest, as on SQLite; one that nothing closes goes on to the end.
  package static func end(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard let first = bytes.first else { return nil }
    switch first {
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"), 0x0C:
      return bytes.startIndex + 1
    case UInt8(ascii: "-") where bytes.starts(with: "--".utf8):
      return bytes.firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
    case UInt8(ascii: "/") where bytes.starts(with: "/*".utf8):
      var index = bytes.startIndex + 2
      while index < bytes.endIndex, !bytes[index...].starts(with: "*/".utf8) { index += 1 }
      return min(index + 2, bytes.endIndex)
    default: return nil
    }
  }

  /// The end of the block comment that starts a text as PostgreSQL reads it, whose comments nest; nil where nothing closes it.
  package static func endOfNestedComment(_ bytes: ArraySlice<UInt8>) -> Int? {
    var (index, depth) = (bytes.startIndex, 0)
    while index + 1 < bytes.endIndex {
      switch (bytes[index], bytes[index + 1]) {
      case (UInt8(ascii: "/"), UInt8(ascii: "*")):
        depth += 1
        index += 2
      case (UInt8(ascii: "*"), UInt8(ascii: "/")):
        depth -= 1
        index += 2
        if depth == 0 { return index }
      default: index += 1
      }
    }
    return nil
  }
}
