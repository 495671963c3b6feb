extension JSONScanner {
  /// Reads an object of which only some members are wanted, which takes a fraction of the time; that the others are right
  /// it makes sure.
  ///
  /// - Parameter keys: the wanted members.
  package static func object(_ text: String, keeping keys: [JSONText]) throws(Failure) -> JSONObject {
    var scanner = JSONScanner(Array(text.utf8))
    scanner.skipSpaces()
    guard scanner.next == UInt8(ascii: "{") else { throw scanner.failure }
    var members: [JSONObject.Member] = []
    try scanner.list(end: "}") { scanner throws(Failure) in
      let key = try scanner.key(among: keys)
      try scanner.skipColon()
      if let key {
        members.append(.init(key: key, value: try scanner.value(depth: 2)))
      } else {
        try scanner.skip(depth: 2)
      }
    }
    scanner.skipSpaces()
    guard scanner.offset == scanner.bytes.count else { throw scanner.failure }
    return JSONObject(members)
  }

  /// Passes over a value.
  private mutating func skip(depth: Int) throws(Failure) {
    guard let next, depth <= maxDepth else { throw failure }
    switch next {
    case UInt8(ascii: "{"):
      try list(end: "}") { scanner throws(Failure) in
        _ = try scanner.skipText()
        try scanner.skipColon()
        try scanner.skip(depth: depth + 1)
      }
    case UInt8(ascii: "["):
      try list(end: "]") { scanner throws(Failure) in try scanner.skip(depth: depth + 1) }
    case UInt8(ascii: "\""): _ = try skipText()
    case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"): _ = try value(depth: depth)
    default: _ = try numberRange()
    }
  }

  /// Reads a key; nil where it is none of these.
  private mutating func key(among keys: [JSONText]) throws(Failure) -> JSONText? {
    let start = offset
    if let range = try skipText() {
      return keys.first { $0.bytes.count == range.count && $0.bytes.elementsEqual(bytes[range]) }
    }
    offset = start
    let key = try text()
    return keys.contains(key) ? key : nil
  }
}
