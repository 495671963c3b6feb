extension CreateTableText {
  /// What a table's or a column's definition says in brackets, and no pragma tells.
  package struct Clause {
    /// `check`, or `as` for what a column is computed from.
    package var keyword: String
    /// The name that CONSTRAINT gives it.
    package var name: String?
    /// The column whose definition it is in; nil for the table's own.
    package var column: String?
    /// Keyword and brackets, in canonical form.
    package var text: String
  }

  /// All CHECKs and computed columns.
  package var clauses: [Clause] {
    items.flatMap { clauses(in: $0, column: column(of: $0)) }
  }

  /// Whether a column counts up and never gives a number out twice.
  package var isAutoincrement: Bool {
    tokens[open..<close].contains { $0.kind == .word && name($0) == SQLiteName("autoincrement") }
  }

  /// Of each foreign key, in the order of the text, whether it is looked at when the transaction ends.
  package var foreignKeysAreDeferred: [Bool] {
    var areDeferred: [Bool] = []
    for index in items.flatMap(outerWords) {
      if says(["references"], at: index) { areDeferred.append(false) }
      if says(["deferrable", "initially", "deferred"], at: index), !says(["not"], at: index - 1),
        !areDeferred.isEmpty
      {
        areDeferred[areDeferred.count - 1] = true
      }
    }
    return areDeferred
  }

  /// What columns and constraints say that no pragma tells: `a collate nocase`, `unique(a, b) on conflict replace`.
  package var remarks: [String] {
    items.flatMap { item in
      let column = column(of: item)
      return remarks(in: item).map { remark in column.map { "\($0) \(remark)" } ?? remark }
    }
  }

  private func remarks(in item: Range<Int>) -> [String] {
    var remarks: [String] = []
    var constraint = item.lowerBound
    for index in outerWords(of: item) {
      if ["primary", "unique", "not", "check"].contains(where: { says([$0], at: index) }) {
        constraint = index
      } else if says(["on", "conflict"], at: index), index + 3 <= item.upperBound {
        remarks.append(CanonicalSQL.text(tokens[constraint..<index + 3], in: bytes))
      } else if says(["collate"], at: index), index + 2 <= item.upperBound {
        let collation = name(tokens[index + 1]).text
        if collation != "binary" { remarks.append("collate \(collation)") }
      }
    }
    return remarks
  }

  /// The column that a definition is of; nil where it is a constraint of the table.
  private func column(of item: Range<Int>) -> String? {
    let first = tokens[item.lowerBound]
    return first.kind == .word && Self.startsConstraint.contains(name(first)) ? nil : name(first).text
  }

  /// The places of the words of a definition that stand in none of its brackets.
  private func outerWords(of item: Range<Int>) -> [Int] {
    var depth = 0
    return item.filter { index in
      switch tokens[index].kind {
      case .symbol(UInt8(ascii: "(")): depth += 1
      case .symbol(UInt8(ascii: ")")): depth -= 1
      case .word: return depth == 0
      default: break
      }
      return false
    }
  }

  private func says(_ words: [String], at index: Int) -> Bool {
    words.enumerated().allSatisfy { offset, word in
      guard index + offset < close else { return false }
      let token = tokens[index + offset]
      return token.kind == .word && name(token) == SQLiteName(word)
    }
  }

  private func clauses(in item: Range<Int>, column: String?) -> [Clause] {
    var clauses: [Clause] = []
    var constraintName: String?
    for index in outerWords(of: item) {
      let word = name(tokens[index])
      if word == SQLiteName("constraint"), index + 1 < item.upperBound {
        constraintName = name(tokens[index + 1]).text
      }
      guard word == SQLiteName("check") || word == SQLiteName("as"),
        let end = endOfBrackets(after: index, in: item)
      else { continue }
      clauses.append(
        Clause(
          keyword: word.text, name: constraintName, column: column,
          text: CanonicalSQL.text(tokens[index..<end], in: bytes)))
      constraintName = nil
    }
    return clauses
  }

  private func endOfBrackets(after keyword: Int, in item: Range<Int>) -> Int? {
    guard keyword + 1 < item.upperBound, tokens[keyword + 1].kind == .symbol(UInt8(ascii: "(")) else {
      return nil
    }
    var depth = 0
    for index in keyword + 1..<item.upperBound {
      if tokens[index].kind == .symbol(UInt8(ascii: "(")) { depth += 1 }
      if tokens[index].kind == .symbol(UInt8(ascii: ")")) { depth -= 1 }
      if depth == 0 { return index + 1 }
    }
    return nil
  }
}
