/// Where SQL over slices says `{range}` or `{range:alias}`.
package struct SlicePlaceholder {
  /// Whether it does so where a condition may stand: in no quotes and no comment.
  private(set) var isUsed = false
  /// Whether it does so in quotes, too: there it would become the condition's text.
  private(set) var isQuoted = false

  /// The end of the placeholder that starts a text; nil where what starts it is not replaced.
  static func end(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard bytes.starts(with: "{range".utf8) else { return nil }
    return read(bytes.dropFirst("{range".utf8.count))?.end
  }

  /// What comes behind `{range`: the alias, where there is one, and where the placeholder ends; nil where this is none.
  package static func read<Bytes: Collection<UInt8>>(
    _ bytes: Bytes
  ) -> (alias: Bytes.SubSequence?, end: Bytes.Index)? {
    var rest = bytes[...]
    var alias: Bytes.SubSequence?
    if rest.first == UInt8(ascii: ":") {
      let name = rest.dropFirst().prefix {
        (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == UInt8(ascii: "_")
      }
      guard let first = name.first, !(0x30...0x39).contains(first) else { return nil }
      alias = name
      rest = bytes[name.endIndex...]
    }
    guard rest.first == UInt8(ascii: "}") else { return nil }
    return (alias, rest.index(after: rest.startIndex))
  }

  /// - Parameter sql: the SQL, of either engine.
  init(in sql: String) {
    let (bytes, name) = (Array(sql.utf8), Array("{range".utf8))
    for token in SQLPieces(bytes) where !token.isGap {
      if bytes[token.range.lowerBound...].starts(with: name) { isUsed = true }
      // A brace is a token by itself.
      if token.range.count > name.count,
        String(decoding: bytes[token.range], as: UTF8.self).contains("{range")
      {
        isQuoted = true
      }
    }
  }
}
