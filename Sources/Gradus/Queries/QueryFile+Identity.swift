import GradusSQL

extension QueryFile {
  /// What is the same of two statements that are one query: white space, comments, the letter case of words and a semicolon
  /// at the end make none of two. What is in quotes does: `'A'` is another value than `'a'`, and `"Rooms"` another table.
  static func identity(of sql: String) -> BytewiseText {
    let bytes = Checksum.normalized(sql)
    var result: [UInt8] = []
    for piece in SQLPieces(bytes) {
      let text = bytes[piece.range]
      // A body in dollars may look like a word.
      let isWord = !piece.isGap && text.first != UInt8(ascii: "$") && text.allSatisfy(Checksum.isWordByte)
      result += isWord ? text.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 } : Array(text)
    }
    while let last = result.last, last == UInt8(ascii: ";") || last == UInt8(ascii: " ") {
      result.removeLast()
    }
    return BytewiseText(String(decoding: result, as: UTF8.self))
  }
}
