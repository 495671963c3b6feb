import GradusLint

/// Reads UPDATE and DELETE of SQLite's: which table, and for which columns their condition demands given values.
enum SQLiteCondition {
  static func modifications(_ words: SQLiteWords) -> [StatementAction] {
    // Behind WITH the statement itself is the first that stands in no brackets.
    guard
      let start = outer(words, from: 0).first(where: {
        ["UPDATE", "DELETE", "INSERT", "SELECT"]
          .contains(words.keyword($0))
      }),
      let target = Target(words, after: start)
    else { return [] }
    return [.modify(target.table, givenColumns: givenColumns(of: target, words, from: start))]
  }

  /// The table of a statement, and how its condition calls it.
  private struct Target {
    let table: String
    let name: String

    init?(_ words: SQLiteWords, after start: Int) {
      var index = start + 1
      switch words.keyword(start) {
      case "DELETE": index += 1
      case "UPDATE": if words.keyword(index) == "OR" { index += 2 }
      default: return nil
      }
      guard let (table, end) = words.qualifiedName(at: index) else { return nil }
      self.table = table
      let alias = words.keyword(end) == "AS" ? end + 1 : end
      let ends: Set = ["SET", "WHERE", "INDEXED", "NOT", "RETURNING", "ORDER", "LIMIT"]
      name = words.keyword(alias).map(ends.contains) ?? false ? table : words.name(alias) ?? table
    }
  }

  /// The places of tokens that stand in no brackets, nor are one.
  private static func outer(_ words: SQLiteWords, from start: Int) -> [Int] {
    var depth = 0
    return words.tokens.indices.dropFirst(start).filter { index in
      if words.isSymbol(index, "(") { depth += 1 }
      defer { if words.isSymbol(index, ")") { depth -= 1 } }
      return depth == 0
    }
  }

  private static func givenColumns(
    of target: Target, _ words: SQLiteWords, from start: Int
  ) -> Set<String> {
    let places = outer(words, from: start)
    guard let condition = places.first(where: { words.keyword($0) == "WHERE" }) else { return [] }
    let ends: Set = ["RETURNING", "ORDER", "LIMIT"]
    let end =
      places.first { $0 > condition && (words.keyword($0).map(ends.contains) ?? words.isSymbol($0, ";")) }
      ?? words.tokens.count
    let inside = places.filter { $0 > condition && $0 < end }
    guard !inside.contains(where: { words.keyword($0) == "OR" }) else { return [] }
    let isAlone = !places.contains {
      $0 < condition && words.keyword($0) == "FROM" && words.keyword($0 - 1) != "DELETE"
    }
    let bounds = [condition] + inside.filter { words.keyword($0) == "AND" } + [end]
    return Set(
      zip(bounds, bounds.dropFirst()).compactMap { first, last in
        guard let column = given(words, from: first + 1, to: last) else { return nil }
        return column.qualifier.map { $0 == target.name } ?? isAlone ? column.name : nil
      })
  }

  /// The column of `column = constant`, `constant = column` or `column IN (constants)`.
  private static func given(
    _ words: SQLiteWords, from start: Int, to end: Int
  ) -> (qualifier: String?, name: String)? {
    if words.isConstant(start), words.isSymbol(start + 1, "="),
      let (column, last) = column(words, at: start + 2),
      last == end
    {
      return column
    }
    guard let (column, middle) = column(words, at: start) else { return nil }
    if words.isSymbol(middle, "=") {
      var value = middle + 1
      if words.isSymbol(value, "=") { value += 1 }
      if words.isSymbol(value, "-") { value += 1 }
      return words.isConstant(value) && value + 1 == end ? column : nil
    }
    guard words.keyword(middle) == "IN", words.isSymbol(middle + 1, "("), words.isSymbol(end - 1, ")") else {
      return nil
    }
    let items = (middle + 2)..<(end - 1)
    return items.allSatisfy({ words.isConstant($0) || words.isSymbol($0, ",") }) ? column : nil
  }

  /// A column that may have its table before it, and the place behind it.
  private static func column(
    _ words: SQLiteWords, at index: Int
  ) -> (column: (qualifier: String?, name: String), end: Int)? {
    guard let (name, end) = words.qualifiedName(at: index) else { return nil }
    return ((end > index + 1 ? words.name(index) : nil, name), end)
  }
}
