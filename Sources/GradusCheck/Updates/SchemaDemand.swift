/// What a statement of a delta takes away or demands, as far as an update may be concerned.
enum SchemaDemand: Hashable {
  /// A table goes, or gets another name.
  case tableGoes(String)
  /// A column goes, or gets another name.
  case columnGoes(table: String, column: String)
  /// A column is never NULL from now on.
  case notNull(table: String, column: String)
  /// These columns are unique together from now on.
  case unique(table: String, columns: [String])
  /// An index goes.
  case indexGoes(String)
  /// An index has to be there, as it becomes a constraint's.
  case indexIsThere(String)

  /// Whether something goes, or gets another name.
  var takesAway: Bool {
    switch self {
    case .tableGoes, .columnGoes, .indexGoes: true
    case .notNull, .unique, .indexIsThere: false
    }
  }

  /// What a statement demands; none of those that are of no interest here.
  static func all(in statement: String) -> [SchemaDemand] {
    let words = SQLWords(statement)
    if words.has("drop", "table", at: 0) { return dropped(words, from: 2).map { .tableGoes($0) } }
    if words.has("drop", "index", at: 0) {
      return dropped(words, from: words.skip(["concurrently"], from: 2)).map { .indexGoes($0) }
    }
    if words.has("alter", "table", at: 0) { return altered(words) }
    if words.has("create", "unique", "index", at: 0) { return uniqueIndex(words) }
    return []
  }

  /// The table that a statement makes, or that another gets the name of.
  static func tableMade(by statement: String) -> String? {
    let words = SQLWords(statement)
    if words.has("create", "table", at: 0) {
      return words.name(at: words.skip(["if", "not", "exists"], from: 2)).name
    }
    guard words.has("alter", "table", at: 0) else { return nil }
    let (_, end) = words.name(at: words.skip(["if", "exists"], ["only"], from: 2))
    return words.has("rename", "to", at: end) ? words[end + 2] : nil
  }

  /// The names that DROP lists.
  private static func dropped(_ words: SQLWords, from place: Int) -> [String] {
    var names: [String] = []
    var index = words.skip(["if", "exists"], from: place)
    while index < words.count {
      let (name, end) = words.name(at: index)
      names.append(name)
      guard words[end] == "," else { break }
      index = end + 1
    }
    return names
  }

  private static func altered(_ words: SQLWords) -> [SchemaDemand] {
    let (table, start) = words.name(at: words.skip(["if", "exists"], ["only"], from: 2))
    if words.has("rename", "to", at: start) { return [.tableGoes(table)] }
    if words.has("rename", at: start) {
      guard !words.has("constraint", at: start + 1) else { return [] }
      return [.columnGoes(table: table, column: words[words.skip(["column"], from: start + 1)])]
    }
    var (demands, depth): ([SchemaDemand], Int) = ([], 0)
    for index in start..<max(start, words.count) {
      if words[index] == "(" { depth += 1 }
      if words[index] == ")" { depth -= 1 }
      guard depth == 0, index == start || words[index - 1] == "," else { continue }
      demands += action(words, at: index, table)
    }
    return demands
  }

  private static func action(_ words: SQLWords, at index: Int, _ table: String) -> [SchemaDemand] {
    if words.has("drop", at: index), !words.has("constraint", at: index + 1) {
      let column = words[words.skip(["column"], ["if", "exists"], from: index + 1)]
      return [.columnGoes(table: table, column: column)]
    }
    if words.has("alter", at: index) {
      let place = words.skip(["column"], from: index + 1)
      return words.has("set", "not", "null", at: place + 1)
        ? [.notNull(table: table, column: words[place])] : []
    }
    guard words.has("add", at: index) else { return [] }
    var place = index + 1
    if words.has("constraint", at: place) { place += 2 }
    if words.has("unique", at: place) {
      return [key(words, at: words.skip(["nulls", "not", "distinct"], from: place + 1), table)]
    }
    if words.has("primary", "key", at: place) { return [key(words, at: place + 2, table)] }
    let check =
      words.has("check", at: place) ? words.bracket(at: place + 1).filter { $0 != "(" && $0 != ")" } : []
    guard check.count == 4, Array(check.dropFirst()) == ["is", "not", "null"] else { return [] }
    return [.notNull(table: table, column: check[0])]
  }

  /// What a key is of: its columns in brackets, or USING INDEX.
  private static func key(_ words: SQLWords, at place: Int, _ table: String) -> SchemaDemand {
    words.has("using", "index", at: place)
      ? .indexIsThere(words[place + 2]) : .unique(table: table, columns: words.bracket(at: place))
  }

  private static func uniqueIndex(_ words: SQLWords) -> [SchemaDemand] {
    guard let on = (3..<max(3, words.count)).first(where: { words.has("on", at: $0) }) else { return [] }
    let (table, end) = words.name(at: words.skip(["only"], from: on + 1))
    let columns = words.has("using", at: end) ? end + 2 : end
    return [.unique(table: table, columns: words.bracket(at: columns))]
  }
}
