import Gradus
import GradusCatalog
import GradusLint

/// Finds words in double quotes that name nothing, where SQLite would take them for a text. Pure.
///
/// Gradus turns that off, so that most statements fail; where one does not, SQLite has found every name. But a view or
/// trigger is not checked when it is made, and other programs open the database with other settings.
struct QuotedNameRules {
  let trace: DeltaTrace
  let statements: [TracedStatement]

  func findings() -> [Finding] {
    statements.compactMap { statement in
      let (before, after) = (statement.before, statement.step.after)
      guard statement.step.changes.contains(where: { Self.isUnchecked($0, after) }) else { return nil }
      guard let name = Self.unknown(in: statement.analysis.text, before, after: after) else { return nil }
      return Finding("L05", Self.message(name), at: statement.step, of: trace)
    }
  }

  /// Whether a change makes a trigger, or a view that does not work: the columns of one that does are known.
  private static func isUnchecked(_ change: CatalogChange, _ after: Catalog) -> Bool {
    switch change {
    case .addTrigger: true
    case .addView(let name, _): after.views[name]?.columns.isEmpty ?? false
    default: false
    }
  }

  static func message(_ name: String) -> String { "\"\(name)\" is no column or other name" }

  /// The first word in double quotes that stands where a value may stand, and names nothing.
  ///
  /// - Parameters:
  ///   - before: what there is before the statement.
  ///   - after: what there is after it; nil where it fails.
  static func unknown(in statement: String, _ before: Catalog, after: Catalog? = nil) -> String? {
    let words = SQLiteWords(statement)
    let places = words.tokens.indices.filter { words.isDoubleQuoted($0) && mayBeValue($0, words) }
    guard !places.isEmpty else { return nil }
    var names = Self.always.union(before.names).union(before.wordsOfViews).union(after?.names ?? [])
    // What the statement itself names: AS "name".
    names.formUnion(words.tokens.indices.filter { words.keyword($0 - 1) == "AS" }.compactMap(words.name))
    if words.tokens.indices.contains(where: { words.name($0).map(jsonFunctions.contains) ?? false }) {
      names.formUnion(jsonColumns)
    }
    return places.compactMap(words.name).first { !names.contains($0) }
  }

  /// SQLite's table-valued functions, but for those of pragmas, and the columns that they have.
  private static let jsonFunctions: Set = ["json_each", "json_tree", "jsonb_each", "jsonb_tree"]
  private static let jsonColumns: Set = [
    "key", "value", "type", "atom", "id", "parent", "fullkey", "path", "json", "root",
  ]

  private static let always: Set = ["rowid", "oid", "_rowid_", "excluded", "new", "old", "rank"]

  /// Where a name is made (`x "name"`), qualified (`t."name"`) or called, SQLite takes nothing for a text.
  private static func mayBeValue(_ index: Int, _ words: SQLiteWords) -> Bool {
    if words.isSymbol(index + 1, ".") || words.isSymbol(index + 1, "(") || words.isSymbol(index - 1, ".") {
      return false
    }
    if let keyword = words.keyword(index - 1) { return valueKeywords.contains(keyword) }
    guard words.tokens.indices.contains(index - 1), case .symbol = words.tokens[index - 1].kind else {
      return false
    }
    return !words.isSymbol(index - 1, ")")
  }

  /// The keywords behind which a value may stand.
  private static let valueKeywords: Set = [
    "SELECT", "DISTINCT", "WHERE", "AND", "OR", "NOT", "WHEN", "THEN", "ELSE", "CASE", "BETWEEN", "LIKE",
    "GLOB",
    "MATCH", "IS", "BY", "HAVING", "ON", "LIMIT", "OFFSET", "RETURNING",
  ]
}

extension Catalog {
  /// All names in lower case, but for those of views' columns.
  fileprivate var names: Set<String> {
    var names = Set(tables.keys).union(views.keys)
    for table in tables.values {
      names.formUnion(table.columns.map(\.name))
      names.formUnion(table.indexes.keys)
      names.formUnion(table.triggers.keys)
      names.formUnion(table.constraints.compactMap(\.name))
    }
    return Set(names.map { SQLiteName($0).text })
  }

  /// The names of views' columns are among these.
  fileprivate var wordsOfViews: Set<String> {
    views.values.reduce(into: []) { all, view in
      let words = SQLiteWords(view.query)
      all.formUnion(words.tokens.indices.compactMap(words.name))
    }
  }
}
