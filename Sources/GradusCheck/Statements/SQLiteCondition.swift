/// Reads the condition of an UPDATE or DELETE of SQLite's.
struct SQLiteCondition {
  private let words: SQLiteWords
  /// The name by which the condition calls the statement's table.
  private let name: String
  /// Whether a column without a name before it is the table's, as there is no other.
  private let isAlone: Bool

  /// The columns of the statement's table that must have one of a few given values.
  static func givenColumns(of target: SQLiteTarget, _ words: SQLiteWords) -> Set<String> {
    let outer = words.outer(in: target.start..<words.tokens.count)
    guard let condition = outer.first(where: { words.keyword($0) == "WHERE" }) else { return [] }
    let ends: Set = ["RETURNING", "ORDER", "LIMIT"]
    let end = outer.first {
      $0 > condition && (words.keyword($0).map(ends.contains) ?? words.isSymbol($0, ";"))
    }
    let isAlone = !outer.contains {
      $0 < condition && words.keyword($0) == "FROM" && words.keyword($0 - 1) != "DELETE"
    }
    return SQLiteCondition(words: words, name: target.name, isAlone: isAlone)
      .given((condition + 1)..<(end ?? words.tokens.count))
  }

  private func given(_ place: Range<Int>) -> Set<String> {
    let place = words.withoutBrackets(place)
    let outer = words.outer(in: place)
    let choices = words.parts(of: place) { words.keyword($0) == "OR" }
    if choices.count > 1 {
      // Each row has the values of one of them.
      return choices.dropFirst().reduce(given(choices[0])) { $0.intersection(given($1)) }
    }
    let parts = words.parts(of: place) { words.keyword($0) == "AND" }
    if parts.count > 1 { return parts.reduce(into: []) { $0.formUnion(given($1)) } }
    if let sign = outer.first(where: { words.isSymbol($0, "=") }) {
      let left = place.lowerBound..<sign
      var right = (sign + 1)..<place.upperBound
      if words.isSymbol(right.lowerBound, "=") { right = right.dropFirst() }
      return given(left, among: [right]).union(given(right, among: [left]))
    }
    guard let membership = outer.first(where: { words.keyword($0) == "IN" }) else { return [] }
    return given(place.lowerBound..<membership, among: items((membership + 1)..<place.upperBound))
  }

  /// The columns in a value or a row that must be one of these, and for which all these have a constant.
  private func given(_ value: Range<Int>, among rows: [Range<Int>]) -> Set<String> {
    guard !rows.isEmpty else { return [] }
    let (columns, rows) = (values(value), rows.map(values))
    return Set(
      columns.indices.compactMap { index in
        let isGiven = rows.allSatisfy { $0.count == columns.count && isConstant($0[index]) }
        return isGiven ? column(columns[index]) : nil
      })
  }

  /// The items of `(1, 2)` or `(VALUES (1), (2))`.
  private func items(_ place: Range<Int>) -> [Range<Int>] {
    let list = words.withoutBrackets(place)
    guard list != place else { return [] }
    let rows = words.keyword(list.lowerBound) == "VALUES" ? list.dropFirst() : list
    return words.parts(of: rows) { words.isSymbol($0, ",") }
  }

  /// What a row consists of; another value by itself.
  private func values(_ place: Range<Int>) -> [Range<Int>] {
    words.parts(of: words.withoutBrackets(place)) { words.isSymbol($0, ",") }
  }

  private func isConstant(_ place: Range<Int>) -> Bool {
    let value = words.isSymbol(place.lowerBound, "-") ? place.dropFirst() : place
    return value.count == 1 && words.isConstant(value.lowerBound)
  }

  /// A column of the statement's table; nil for another's.
  private func column(_ place: Range<Int>) -> String? {
    guard !words.isConstant(place.lowerBound), let (name, end) = words.qualifiedName(at: place.lowerBound),
      end == place.upperBound
    else { return nil }
    let isOwn = place.count > 1 ? words.name(place.lowerBound) == self.name : isAlone
    return isOwn ? name : nil
  }
}
