import Gradus
import GradusCatalog
import GradusSQL

/// Finds foreign keys of SQLite's that have lost the table that they refer to: from then on every write of a value fails.
/// Pure.
///
/// A key goes along with a table that gets another name: where that one is dropped, it stays behind, although a table of the
/// old name is there.
struct DanglingKeyRules {
  let trace: DeltaTrace
  /// The schema of the newest version: a later delta may make the table.
  let newest: Catalog

  func findings() -> [Finding] {
    trace.after.tables.sorted { $0.key < $1.key }.flatMap { name, table in
      table.constraints.filter { isLost($0, of: name) }.sorted { $0.definition < $1.definition }.compactMap {
        key in
        Finding(
          "C08", "'\(name)' refuses all values, as the table is not there: \(key.definition)",
          at: trace.steps.first { isDangling(key, of: name, in: $0.after) }, of: trace)
      }
    }
  }

  private func isLost(_ key: CatalogConstraint, of table: String) -> Bool {
    guard isDangling(key, of: table, in: trace.after), key.parent(among: newest.tables.keys) == nil else {
      return false
    }
    // What is written so is judged as any new key; what refers to nothing from the start is no loss.
    return trace.isRename(.addConstraint(table, key))
      || trace.before.tables[table]?.constraints.contains(key) ?? false
        && !isDangling(key, of: table, in: trace.before)
  }

  private func isDangling(_ key: CatalogConstraint, of table: String, in catalog: Catalog) -> Bool {
    key.kind == .foreignKey && catalog.tables[table]?.constraints.contains(key) ?? false
      && key.parent(among: catalog.tables.keys) == nil
  }
}
