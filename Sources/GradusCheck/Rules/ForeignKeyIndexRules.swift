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
    trace.changes.flatMap { change -> [Finding] in
      let keys: [CatalogConstraint]
      switch change {
      case .addTable(let table): keys = trace.after.tables[table]?.constraints.map { $0 } ?? []
      case .addConstraint(_, let constraint): keys = [constraint]
      default: return []
      }
      guard let name = change.table, let table = newest.tables[name] else { return [] }
      return keys.filter { $0.kind == .foreignKey && isLeft($0, in: table) && !isIndexed($0, in: table) }
        .sorted { $0.columns.lexicographicallyPrecedes($1.columns) }
        .compactMap {
          Finding(
            "P13", "no index of '\(name)' begins with \($0.columns.joined(separator: ", "))",
            at: trace.step(of: change), of: trace)
        }
    }
  }

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
