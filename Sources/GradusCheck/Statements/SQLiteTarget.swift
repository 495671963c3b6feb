/// The table that a statement of SQLite's writes: there is one at most, beside those that triggers and foreign keys write.
struct SQLiteTarget {
  /// INSERT, REPLACE, UPDATE or DELETE.
  let verb: String
  /// The table, in lower case.
  let table: String
  /// How the statement calls it.
  let name: String
  /// Where the statement itself begins, behind WITH.
  let start: Int

  /// Nil where the statement writes none.
  init?(_ words: SQLiteWords) {
    let verbs: Set = ["INSERT", "REPLACE", "UPDATE", "DELETE", "SELECT"]
    // Behind WITH the statement itself is the first that stands in no brackets.
    let first = words.outer(in: words.tokens.indices).first { words.keyword($0).map(verbs.contains) ?? false }
    guard let start = first, let verb = words.keyword(start), verb != "SELECT" else { return nil }
    var index = start + 1
    if words.keyword(index) == "OR" { index += 2 }
    if ["FROM", "INTO"].contains(words.keyword(index)) { index += 1 }
    guard let (table, end) = words.qualifiedName(at: index) else { return nil }
    let alias = words.keyword(end) == "AS" ? end + 1 : end
    let ends: Set = [
      "SET", "WHERE", "INDEXED", "NOT", "RETURNING", "ORDER", "LIMIT", "VALUES", "SELECT", "WITH", "DEFAULT",
    ]
    let isNamed = !(words.keyword(alias).map(ends.contains) ?? false)
    self.verb = verb
    self.table = table
    self.start = start
    name = isNamed ? words.name(alias) ?? table : table
  }
}
