/// `INSERT INTO table (columns) SELECT ...`, by its words.
struct TableCopy {
  /// The table that gets the rows; in lower case, as are columns.
  let table: String
  /// The columns that are listed; none where there is no list.
  private let columns: [String]
  /// What is selected for each.
  private let items: [[String]]

  /// Nil for other statements.
  init?(_ words: SQLWords) {
    guard let into = (0..<words.count).first(where: { words.has("into", at: $0) }) else { return nil }
    let (table, end) = words.name(at: into + 1)
    let columns = words.bracket(at: end)
    let start = columns.isEmpty ? end : end + 2 * columns.count + 1
    guard words.has("select", at: start) else { return nil }
    var items: [[String]] = [[]]
    var depth = 0
    for index in (start + 1)..<max(start + 1, words.count) {
      if depth == 0, words.has("from", at: index) { break }
      if words[index] == "(" { depth += 1 }
      if words[index] == ")" { depth -= 1 }
      if depth == 0, words[index] == "," {
        items.append([])
      } else {
        items[items.count - 1].append(words[index])
      }
    }
    (self.table, self.columns, self.items) = (table, columns, items)
  }

  /// The columns that are computed from what they are in the other table.
  ///
  /// - Parameter all: the table's columns in order, which get values where none are listed.
  func conversions(among all: [String]) -> Set<String> {
    let targets = columns.isEmpty ? all : columns
    guard targets.count == items.count else { return [] }
    return Set(zip(targets, items).filter { Self.isExpression($1, of: $0) }.map(\.0))
  }

  /// Whether it is more than the column's name, which may have its table before it and another name behind it.
  private static func isExpression(_ item: [String], of column: String) -> Bool {
    var value = item[...]
    if value.count > 1, isWord(item[item.count - 1]),
      isWord(item[item.count - 2]) || item[item.count - 2] == ")"
    {
      value.removeLast()
      if value.last == "as" { value.removeLast() }
    }
    let isPlain = value.count == 1 || value.count == 3 && value.dropFirst().first == "."
    return !isPlain && value.contains(column.lowercased())
  }

  private static func isWord(_ text: String) -> Bool {
    text.first.map { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "'" } ?? false
  }
}
