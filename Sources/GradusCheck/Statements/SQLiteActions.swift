import Gradus
import GradusLint
import GradusSQL

/// What SQLite's statements do, from their words. Names are in lower case.
enum SQLiteActions {
  /// The statements of a script.
  static func statements(of script: String) throws -> [AnalyzedStatement] {
    try StatementAnalyzer.effects(of: script, on: .sqlite).map { effect in
      let words = SQLiteWords(effect.statement)
      return AnalyzedStatement(effect: effect, actions: actions(of: words), isRename: renames(words))
    }
  }

  private static func actions(of words: SQLiteWords) -> [StatementAction] {
    switch words.keyword(0) {
    case "BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE": [.transactionControl]
    case "PRAGMA": pragma(words)
    case "CREATE": created(words)
    case "DROP": dropped(words)
    case "ALTER": altered(words)
    case "UPDATE", "DELETE", "WITH": modified(words)
    default: []
    }
  }

  private static func renames(_ words: SQLiteWords) -> Bool {
    guard words.keyword(0) == "ALTER", let (_, end) = words.qualifiedName(at: 2) else { return false }
    return words.keyword(end) == "RENAME"
  }

  private static func pragma(_ words: SQLiteWords) -> [StatementAction] {
    guard let (name, end) = words.qualifiedName(at: 1) else { return [] }
    let isSet = words.isSymbol(end, "=") || words.isSymbol(end, "(")
    let value = isSet ? words.text(end + 1).lowercased() : nil
    // What is written into the schema then is in force only where the database is opened again.
    if name == "writable_schema", let value, !["0", "off", "no", "false", "reset"].contains(value) {
      return [.hidden("PRAGMA writable_schema")]
    }
    return [.pragma(name, to: value)]
  }

  private static func created(_ words: SQLiteWords) -> [StatementAction] {
    var index = 1
    while ["TEMP", "TEMPORARY", "UNIQUE", "VIRTUAL"].contains(words.keyword(index)) { index += 1 }
    let kind = words.keyword(index)
    index += 1
    if words.keyword(index) == "IF" { index += 3 }
    guard let (name, end) = words.qualifiedName(at: index) else { return [] }
    switch kind {
    case "TABLE": return [.createTable(name)]
    case "INDEX" where words.keyword(end) == "ON":
      return [.createIndex]
    default: return []
    }
  }

  private static func dropped(_ words: SQLiteWords) -> [StatementAction] {
    let index = words.keyword(2) == "IF" ? 4 : 2
    guard let (name, _) = words.qualifiedName(at: index) else { return [] }
    switch words.keyword(1) {
    case "TABLE": return [.dropTable(name)]
    default: return []
    }
  }

  private static func modified(_ words: SQLiteWords) -> [StatementAction] {
    guard let target = SQLiteTarget(words), ["UPDATE", "DELETE"].contains(target.verb) else { return [] }
    return [.modify(target.table, givenColumns: SQLiteCondition.givenColumns(of: target, words))]
  }

  /// `ALTER TABLE name RENAME TO name` and `DROP [COLUMN] name`.
  private static func altered(_ words: SQLiteWords) -> [StatementAction] {
    guard let (table, end) = words.qualifiedName(at: 2) else { return [] }
    switch words.keyword(end) {
    case "RENAME" where words.keyword(end + 1) == "TO":
      return words.name(end + 2).map { [.renameTable(table, to: $0)] } ?? []
    case "DROP":
      let column = words.keyword(end + 1) == "COLUMN" ? end + 2 : end + 1
      return words.name(column).map { [.alter(table, .dropColumn($0))] } ?? []
    default: return [.alter(table, .other)]
    }
  }
}
