import Yams

extension YAMLReader {
  /// SQL. Of several lines YAML makes one, unless a '|' keeps them: a comment at the end of one of these would hide all that
  /// follows it, such as half of a condition.
  func sql(_ node: Node) throws -> String {
    let text = try text(node)
    let style = node.scalar?.style
    guard [.plain, .singleQuoted, .folded].contains(style), text.contains("--") else { return text }
    let bytes = Array(text.utf8)
    for piece in SQLPieces(bytes) where piece.isGap && bytes[piece.range].starts(with: "--".utf8) {
      let comment = String(decoding: bytes[piece.range], as: UTF8.self)
      // One whose line stayed as it was written stands in the file.
      guard !source.contains(comment.replacing("'", with: style == .singleQuoted ? "''" : "'")) else {
        continue
      }
      throw error(
        node, "a comment in SQL of whose lines YAML makes one hides what follows it",
        hint: "begin the SQL with '|', which keeps the lines")
    }
    return text
  }
}
