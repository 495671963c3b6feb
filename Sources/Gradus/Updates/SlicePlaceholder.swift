import GradusSQL

/// Where SQL over slices says `{range}` or `{range:alias}`.
struct SlicePlaceholder {
  /// Whether it does so where a condition may stand: in no quotes and no comment.
  private(set) var isUsed = false
  /// Whether it does so in quotes, too: there it would become the condition's text.
  private(set) var isQuoted = false

  /// - Parameter sql: the SQL, of either engine.
  init(in sql: String) {
    let (bytes, name) = (Array(sql.utf8), Array("{range".utf8))
    var (index, hasEscapes) = (0, false)
    while index < bytes.count {
      if let end = SQLGap.end(bytes[index...]) {
        index = end
        continue
      }
      if bytes[index...].starts(with: name) { isUsed = true }
      let end = Checksum.endOfToken(bytes[index...], hasEscapes: &hasEscapes)
      // A brace is a token by itself.
      if end - index > name.count, String(decoding: bytes[index..<end], as: UTF8.self).contains("{range") {
        isQuoted = true
      }
      index = end
    }
  }
}
