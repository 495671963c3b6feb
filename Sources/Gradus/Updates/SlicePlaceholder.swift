/// Where SQL over slices says `{range}` or `{range:alias}`.
struct SlicePlaceholder {
  /// Whether it does so where a condition may stand: in no quotes and no comment.
  private(set) var isUsed = false
  /// Whether it does so in quotes, too: there it would become the condition's text.
  private(set) var isQuoted = false

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
