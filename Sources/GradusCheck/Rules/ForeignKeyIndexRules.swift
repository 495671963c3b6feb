import Gradus
import GradusCatalog

/// Finds new foreign keys by whose columns no index finds rows. Pure.
///
/// Judged by the newest schema, not by that after the delta: an index may come later, and a delta that has landed can be
/// mended by another one only.
struct ForeignKeyIndexRules {
  let trace: DeltaTrace
  /// The schema of the newest version.
  let newest: Catalog

  func findings() -> [Finding] {
    var known = trace.known
    known.follow(trace)
    let kept = keptKeys()
    return trace.ownChanges.flatMap { change -> [Finding] in
      let keys: [CatalogConstraint]
      switch change {
      case .addTable(let table):
        // A new partition has the keys of its table.
        let parent = trace.after.parent(of: table).flatMap { trace.after.tables[$0] }
        let inherited = parent.map(keyColumns) ?? []
        keys = Array(trace.after.tables[table]?.constraints ?? []).filter {
          !inherited.contains(folded($0.columns))
        }
      // One of a column that gets another name.
      case .addConstraint where trace.isRename(change): return []
      case .addConstraint(_, let constraint): keys = [constraint]
      default: return []
      }
      guard let name = change.table, let table = newest.tables[name] else { return [] }
      // What refers to a table that gets another name, or is of one, is no new key.
      let old =
        [trace.before.tables[name], known.table(name)].compactMap { $0 }.flatMap(keyColumns)
        + kept[name, default: []]
      return keys.filter { $0.kind == .foreignKey && !old.contains(folded($0.columns)) }
        .filter { isLeft($0, in: table) && !isIndexed($0, in: table) }
        .sorted { $0.columns.lexicographicallyPrecedes($1.columns) }
        .compactMap {
          Finding(
            "P13", "no index of '\(name)' begins with \($0.columns.joined(separator: ", "))",
            at: trace.step(of: change), of: trace)
        }
    }
  }

  /// The columns of the foreign keys that were there before, under the names that their tables and they themselves have
  /// got since.
  private func keptKeys() -> [String: [[String]]] {
    var keys = trace.before.tables.mapValues(keyColumns)
    for step in trace.steps where step.isRename {
      for case .addTable(let new) in step.changes {
        for case .dropTable(let old) in step.changes { keys[new] = keys.removeValue(forKey: old) }
      }
      for case .addColumn(let table, let new) in step.changes {
        for case .dropColumn(table, let old) in step.changes {
          let (from, to) = (trace.engine.folded(old.name), trace.engine.folded(new.name))
          keys[table] = keys[table]?.map { columns in columns.map { $0 == from ? to : $0 } }
        }
      }
    }
    return keys
  }

  /// The columns of each foreign key of a table.
  private func keyColumns(_ table: CatalogTable) -> [[String]] {
    table.constraints.filter { $0.kind == .foreignKey }.map { folded($0.columns) }
  }

  private func folded(_ columns: [String]) -> [String] { columns.map(trace.engine.folded) }

  private func isLeft(_ key: CatalogConstraint, in table: CatalogTable) -> Bool {
    table.constraints.contains { $0.kind == .foreignKey && $0.columns == key.columns }
  }

  private func isIndexed(_ key: CatalogConstraint, in table: CatalogTable) -> Bool {
    let whole = table.indexes.values.filter { !$0.isPartial || isOfAll($0, key) }.map(\.columns)
    return (whole + table.uniqueKeys).contains { Set($0.prefix(key.columns.count)) == Set(key.columns) }
  }

  /// Whether a partial index leaves out NULLs only, which refer to nothing.
  private func isOfAll(_ index: CatalogIndex, _ key: CatalogConstraint) -> Bool {
    key.columns.contains { column in
      ["(\(column) is not null)", "where \(column) is not null"].contains {
        index.definition.lowercased().hasSuffix($0)
      }
    }
  }
}
