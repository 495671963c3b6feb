/// U+0000 in the text of a JSON value, which `jsonb` refuses.
enum JSONEscapes {
  private static let escape = Array(#"\u0000"#.utf8)

  static func holdNUL(_ text: UnsafeBufferPointer<UInt8>) -> Bool { !places(text).isEmpty }

  static func withoutNUL(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var start = 0
    for place in places(text) {
      result += text[start..<place]
      start = place + escape.count
    }
    return result + text[start...]
  }

  /// Where the escapes start. A backslash that is itself escaped begins none.
  private static func places(_ text: UnsafeBufferPointer<UInt8>) -> [Int] {
    var places: [Int] = []
    var index = 0
    while index + 1 < text.count {
      guard text[index] == UInt8(ascii: "\\") else {
        index += 1
        continue
      }
      if index + escape.count <= text.count, text[index..<index + escape.count].elementsEqual(escape) {
        places.append(index)
      }
      index += 2
    }
    return places
  }
}
