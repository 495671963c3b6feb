import Gradus
import GradusCatalog
import GradusLint

/// Finds what a table of SQLite's loses when a delta makes it anew. Pure.
struct RebuildRules {
  let trace: DeltaTrace
  let statements: [TracedStatement]

  func findings() -> [Finding] {
    rebuilt.sorted().compactMap { name in
      guard let old = trace.before.tables[name], let new = trace.after.tables[name] else { return nil }
      let lost = Self.lost(old, new)
      guard !lost.isEmpty else { return nil }
      return Finding(
        "L02", "'\(name)' is rebuilt without \(lost.joined(separator: ", "))",
        at: statements.first { drops($0, name) }?.step, of: trace)
    }
  }

  /// The tables that are dropped, and there again.
  var rebuilt: Set<String> {
    Set(
      trace.before.tables.keys.filter { name in
        trace.after.tables[name] != nil && statements.contains { drops($0, name) }
      })
  }

  private func drops(_ statement: TracedStatement, _ table: String) -> Bool {
    statement.analysis.actions.contains { action in
      if case .dropTable(let name) = action {
        statement.origins[name].map { $0 == trace.known.origins[table] } ?? false
      } else {
        false
      }
    }
  }

  /// What a table has no more.
  static func lost(_ old: CatalogTable, _ new: CatalogTable) -> [String] {
    let columns = old.columns.filter { new.column($0.name) == nil }.map { "the column '\($0.name)'" }
    let indexes = lostIndexes(old, new).map { "the index '\($0)'" }
    let triggers = old.triggers.keys.filter { new.triggers[$0] == nil }.sorted().map { "the trigger '\($0)'" }
    return columns + indexes + triggers
  }

  static func lostIndexes(_ old: CatalogTable, _ new: CatalogTable) -> [String] {
    old.indexes.filter { !isKept($0.key, $0.value, new) }.keys.sorted()
  }

  /// An index may come back under another name, or as a unique constraint.
  private static func isKept(_ name: String, _ index: CatalogIndex, _ table: CatalogTable) -> Bool {
    if index.isUnique, !index.isPartial, table.uniqueKeys.contains(index.columns) { return true }
    return table.indexes[name] != nil
      || table.indexes.values.contains {
        $0.columns == index.columns && $0.isUnique == index.isUnique && $0.isPartial == index.isPartial
      }
  }
}
