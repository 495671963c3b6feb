import GradusSQL

/// The `CREATE TABLE` of a table as `sqlite_master` holds it, to be edited: what an edit is not about stays as it is,
/// comments too.
package struct CreateTableText {
  /// The text.
  let sql: String
  let bytes: [UInt8]
  let tokens: [SQLiteToken]
  /// The brackets around columns and constraints, as positions among the tokens.
  let open: Int
  let close: Int
  /// Columns and constraints, as ranges of tokens. None is empty.
  let items: [Range<Int>]

  /// - Parameter sql: the text.
  /// - Returns: nil where it is not `CREATE TABLE name (...) ...`, as for a virtual table.
  package init?(_ sql: String) {
    self.sql = sql
    bytes = Array(sql.utf8)
    tokens = SQLiteToken.all(in: bytes)
    open = 3
    guard tokens.count > 4, tokens[open].kind == .symbol(UInt8(ascii: "(")),
      tokens[2].kind == .word || tokens[2].kind == .quoted,
      SQLiteName(tokens[0], in: bytes) == SQLiteName("create"),
      SQLiteName(tokens[1], in: bytes) == SQLiteName("table"),
      let (items, close) = Self.items(tokens, after: open)
    else { return nil }
    self.items = items
    self.close = close
  }

  /// The ranges between the commas outside of inner brackets, and the closing bracket.
  private static func items(_ tokens: [SQLiteToken], after open: Int) -> ([Range<Int>], close: Int)? {
    var items: [Range<Int>] = []
    var start = open + 1
    var depth = 0
    for index in start..<tokens.count {
      switch tokens[index].kind {
      case .symbol(UInt8(ascii: "(")): depth += 1
      case .symbol(UInt8(ascii: ",")) where depth == 0:
        items.append(start..<index)
        start = index + 1
      case .symbol(UInt8(ascii: ")")):
        depth -= 1
        guard depth < 0 else { continue }
        items.append(start..<index)
        return items.allSatisfy { !$0.isEmpty } ? (items, index) : nil
      default: continue
      }
    }
    return nil
  }

  /// Whether the table has no row ids.
  var isWithoutRowID: Bool {
    tokens[close...].contains { $0.kind == .word && name($0) == SQLiteName("without") }
  }

  /// Whether a constraint of this name is there, of the table or of a column.
  func hasConstraint(_ wanted: String) -> Bool {
    var depth = 0
    for index in open..<close {
      switch tokens[index].kind {
      case .symbol(UInt8(ascii: "(")): depth += 1
      case .symbol(UInt8(ascii: ")")): depth -= 1
      case .word where depth == 1 && name(tokens[index]) == SQLiteName("constraint"):
        if name(tokens[index + 1]) == SQLiteName(wanted) { return true }
      default: continue
      }
    }
    return false
  }

  /// The text with a constraint of the table added; nil where its SQL leaves a quote or bracket open.
  func adding(_ definition: String) -> CreateTableText? {
    // Right after the last token: what follows may be a comment up to the line's end.
    edited([(end(of: items[items.count - 1]), ", " + definition)])
  }

  /// The text with a column marked NOT NULL; nil where there is no such column.
  func settingNotNull(_ column: String) -> CreateTableText? {
    let item = items.first { item in
      let first = tokens[item.lowerBound]
      return name(first) == SQLiteName(column)
        && !(first.kind == .word && Self.startsConstraint.contains(name(first)))
    }
    return item.flatMap { edited([(end(of: $0), " NOT NULL")]) }
  }

  /// Reserved words, which name a column only in quotes.
  static let startsConstraint = Set(
    ["constraint", "primary", "unique", "check", "foreign"].map { SQLiteName($0) })

  /// The text under another name. Columns that a CHECK writes as `old_name.column` lose their qualifier: it would
  /// name no table, and a check sees one only.
  func renamed(to newName: String) -> CreateTableText? {
    var edits = [(tokens[2].range, SQLText.identifier(newName))]
    let own = name(tokens[2])
    for index in open..<close where isName(index) && name(tokens[index]) == own && isDot(index + 1) {
      let hasSchema = isDot(index - 1) && isName(index - 2)
      let start = tokens[hasSchema ? index - 2 : index].range.lowerBound
      // A table may have its schema's name.
      if edits[edits.count - 1].0.upperBound > start { edits.removeLast() }
      edits.append((start..<tokens[index + 1].range.upperBound, ""))
    }
    return edited(edits)
  }

  private func isName(_ index: Int) -> Bool { tokens[index].kind == .word || tokens[index].kind == .quoted }
  private func isDot(_ index: Int) -> Bool { tokens[index].kind == .symbol(UInt8(ascii: ".")) }
  func name(_ token: SQLiteToken) -> SQLiteName { SQLiteName(token, in: bytes) }

  private func end(of item: Range<Int>) -> Range<Int> {
    let end = tokens[item.upperBound - 1].range.upperBound
    return end..<end
  }

  /// The edited text, read anew.
  ///
  /// - Parameter edits: ranges of bytes in ascending order, and what takes their place.
  private func edited(_ edits: [(range: Range<Int>, text: String)]) -> CreateTableText? {
    var result: [UInt8] = []
    var index = 0
    for (range, text) in edits {
      result += bytes[index..<range.lowerBound] + Array(text.utf8)
      index = range.upperBound
    }
    return CreateTableText(String(decoding: result + bytes[index...], as: UTF8.self))
  }
}
