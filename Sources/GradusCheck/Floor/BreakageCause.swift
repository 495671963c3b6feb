import GradusCatalog
import GradusSQL

/// Finds the statement that most likely broke a query. Pure.
enum BreakageCause {
  /// The first of the changes that touch most closely what the query uses: its columns, then its tables.
  static func find(
    _ uses: Set<StatementDescription.ColumnUse>, in traces: [DeltaTrace]
  ) -> CompatFloor.Cause? {
    var best: (score: Int, trace: DeltaTrace, change: CatalogChange)?
    for trace in traces {
      for change in trace.changes {
        let score = score(change, uses, trace.after)
        if score > best?.score ?? 0 { best = (score, trace, change) }
      }
    }
    guard let best, let step = best.trace.step(of: best.change) else { return nil }
    return CompatFloor.Cause(
      change: best.change.description, file: best.trace.file.path, position: step.position,
      statement: step.statement)
  }

  private static func score(
    _ change: CatalogChange, _ uses: Set<StatementDescription.ColumnUse>, _ after: Catalog
  ) -> Int {
    let tables = Set(uses.map(\.table))
    let written = Set(uses.filter { $0.kind == .write }.map(\.table))
    func touches(_ table: String, _ columns: [String]) -> Bool {
      uses.contains { $0.table == table && $0.column.map(columns.contains) ?? false }
    }
    switch change {
    case .dropTable(let table): return tables.contains(table) ? 4 : 0
    case .dropView(let view, _): return tables.contains(view) ? 4 : 0
    case .dropColumn(let table, let column): return touches(table, [column.name]) ? 4 : 0
    case .changeColumn(let table, let old, _): return touches(table, [old.name]) ? 3 : 0
    case .addColumn(let table, let column):
      return written.contains(table) && column.demandsValue ? 3 : 0
    // What refers to a table forbids that its rows go, or goes along with them.
    case .addConstraint(_, let constraint) where constraint.parent(among: written) != nil,
      .dropConstraint(_, let constraint) where constraint.parent(among: written) != nil:
      return 2
    case .addTable(let table):
      let constraints = after.tables[table]?.constraints ?? []
      return constraints.contains { $0.parent(among: written) != nil } ? 2 : 0
    case .addConstraint(let table, let constraint), .dropConstraint(let table, let constraint):
      guard written.contains(table) else { return 0 }
      return touches(table, constraint.columns) ? 3 : 1
    case .addIndex(let table, _, let index), .dropIndex(let table, _, let index):
      guard written.contains(table), index.isUnique else { return 0 }
      return touches(table, index.columns) ? 3 : 1
    case .addTrigger(let table, _, _), .dropTrigger(let table, _, _): return written.contains(table) ? 2 : 0
    default: return 0
    }
  }
}
