import Gradus
import Yams

/// Places in the text. Lines count from 0.
extension LedgerText {
  func offset(of node: Node) throws -> Int {
    guard let mark = node.mark, lineStarts.indices.contains(mark.line - 1) else { throw unreadable(node) }
    return min(lineStarts[mark.line - 1] + mark.column - 1, scalars.count)
  }

  /// The parser does not say whether a mapping or list is in brackets.
  func begins(_ node: Node, with bracket: Unicode.Scalar) throws -> Bool {
    let start = try offset(of: node)
    return start < scalars.count && scalars[start] == bracket
  }

  func line(of node: Node) throws -> Int {
    guard let mark = node.mark, lineStarts.indices.contains(mark.line - 1) else { throw unreadable(node) }
    return mark.line - 1
  }

  func column(of node: Node) throws -> Int { (node.mark?.column ?? 1) - 1 }

  func end(ofLine line: Int) -> Int {
    var end = line + 1 < lineStarts.count ? lineStarts[line + 1] - 1 : scalars.count
    if end > lineStarts[line], scalars[end - 1] == "\r" { end -= 1 }
    return end
  }

  /// What a line says, without its indentation; nil where it is empty or a comment.
  func content(_ line: Int) -> String? {
    let text = text(lineStarts[line]..<end(ofLine: line)).drop(while: \.isWhitespace)
    return text.isEmpty || text.hasPrefix("#") ? nil : String(text)
  }

  func indented(_ line: Int) -> Int {
    scalars[lineStarts[line]..<end(ofLine: line)].prefix { $0 == " " }.count
  }

  /// The last line of a block; comments behind it belong to what follows.
  func endOfBlock(from start: Int, _ isInside: (Int) -> Bool) -> Int {
    var last = start
    for line in start + 1..<max(start + 1, lineStarts.count) where content(line) != nil {
      guard isInside(line) else { break }
      last = line
    }
    return last
  }

  func text(_ range: Range<Int>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars[range])
    return String(view)
  }

  func unreadable(_ node: Node) -> GradusError {
    root.reader.error(
      node, "this cannot be changed by a program",
      hint: "write it in the plain form that the documentation shows (The schema tree)")
  }
}
