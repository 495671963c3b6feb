import GradusCatalog
import GradusSQL

extension CompatRules {
  /// - Parameter known: the table as admitted versions know it.
  func judgeColumn(
    _ table: String, _ known: CatalogTable, _ old: CatalogColumn, _ new: CatalogColumn
  ) -> [Hit] {
    guard known.column(new.name) != nil else {
      // They leave it out, and have to be able to do so still.
      return new.demandsValue && !old.demandsValue ? [demand(table, new)] : []
    }
    let name = "\(table).\(new.name)"
    var found: [Hit] = []
    switch TypeChange(from: old.type, to: new.type, on: trace.engine) {
    case .narrows: found.append(("C06", "'\(name)' was \(old.type), and is \(new.type)"))
    case .widens: found.append(("C10", "'\(name)' was \(old.type), and is \(new.type)"))
    case .same: break
    }
    if new.refusesValues && !old.refusesValues {
      found.append(("C06", "'\(name)' takes no values: it is \(new.generation ?? "generated")"))
    }
    if old.isNullable && !new.isNullable { found.append(("C05", "'\(name)' refuses NULL")) }
    if !old.isNullable && new.isNullable { found.append(("C09", "'\(name)' may be NULL")) }
    if old.defaultValue != nil || old.generation != nil, new.defaultValue == nil, new.generation == nil {
      found.append(("C11", "'\(name)' has no default any more"))
    } else if let value = old.defaultValue, let other = new.defaultValue, !value.hasSameBytes(as: other),
      old.type == new.type || !Self.withoutType(value).hasSameBytes(as: Self.withoutType(other))
    {
      found.append(("C11", "the default of '\(name)' was \(value), and is \(other)"))
    }
    return found
  }

  func demand(_ table: String, _ column: CatalogColumn) -> Hit {
    ("C04", "the new column '\(table).\(column.name)' has to be given a value by every INSERT")
  }

  /// A default as it may have been written: PostgreSQL gives it the type of its column, `'1'::bigint`.
  private static func withoutType(_ value: String) -> String {
    value.replacing(#/::[a-z ]+(?:\([0-9, ]+\))?(?:\[\])?/#, with: "").filter { !"'()".contains($0) }
  }

  /// Keys of SQLite's that counted, as they were the row id, and do so no more.
  func lostRowIDs() -> [Finding] {
    guard trace.engine == .sqlite else { return [] }
    return trace.after.tables.sorted { $0.key < $1.key }.compactMap { name, table in
      guard let column = trace.before.tables[name]?.rowIDColumn, trace.known.table(name)?.rowIDColumn != nil,
        table.rowIDColumn != column, table.column(column) != nil
      else { return nil }
      let change = trace.changes.first { $0.table == name }
      return Finding(
        "C11", "'\(name).\(column)' gets no number any more where an INSERT gives it none",
        at: change.flatMap { trace.step(of: $0) }, of: trace)
    }
  }
}
