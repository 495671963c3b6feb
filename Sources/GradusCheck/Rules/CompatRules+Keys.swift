import GradusCatalog

extension CompatRules {
  /// - Parameter known: the table as admitted versions know it.
  func judgeNew(_ constraint: CatalogConstraint, of table: String, _ known: CatalogTable) -> Hit? {
    let earlier = known.constraints.union(trace.before.tables[table]?.constraints ?? [])
    let wasThere = earlier.contains {
      $0.kind == constraint.kind && $0.columns == constraint.columns && $0.definition == constraint.definition
    }
    guard !wasThere else { return nil }
    switch constraint.kind {
    case .primaryKey, .unique:
      guard isNew(UniqueKey(constraint), of: table, known) else { return nil }
      return ("C07", "'\(table)' admits each \(constraint.columns.joined(separator: ", ")) once")
    case .check:
      if trace.satisfiedChecks[table]?.contains(constraint) ?? false { return nil }
      // A list of values that only grows refuses nothing that it admitted.
      let list = ListCheck(constraint.definition)
      let lists = earlier.filter { $0.kind == .check }.compactMap { ListCheck($0.definition) }
      if let list, lists.contains(where: list.admitsAll) { return nil }
    case .foreignKey:
      if earlier.contains(where: { isAsLenient(constraint, as: $0, in: table) }) { return nil }
      // A NULL refers to nothing; among values only where MATCH FULL does not forbid that.
      let empty = constraint.columns.filter { isLeftNull($0, table, known) }
      let isFull = constraint.definition.contains("MATCH FULL")
      if isFull ? empty == constraint.columns : !empty.isEmpty { return nil }
    case .exclusion:
      // A comparison with NULL excludes nothing.
      if constraint.columns.contains(where: { isLeftNull($0, table, known) }) { return nil }
    }
    return ("C08", "'\(table)' refuses rows that do not satisfy: \(constraint.definition)")
  }

  /// Whether a foreign key refuses nothing that another one admits, of the rows of its table and of the other one.
  private func isAsLenient(
    _ key: CatalogConstraint, as old: CatalogConstraint, in table: String
  ) -> Bool {
    guard key.kind == old.kind else { return false }
    let takesNulls = key.columns.allSatisfy { trace.after.tables[table]?.column($0)?.isNullable ?? false }
    return ForeignKeyText(key.definition).refusesNoMore(
      than: ForeignKeyText(old.definition), takesNulls: takesNulls)
  }

  /// Whether a key admits less than was admitted before, of rows of admitted versions.
  func isNew(_ key: UniqueKey, of table: String, _ known: CatalogTable) -> Bool {
    let isImplied = [known, trace.before.tables[table]].compactMap { $0 }.contains { old in
      old.keys.contains { $0.implies(key, in: old) }
    }
    return !isImplied
      && !key.columns.keys.contains { column in
        // Rows with NULL differ, and so do those that are numbered.
        !key.countsNulls && isLeftNull(column, table, known) || isNumbered(column, table, known)
      }
  }

  /// Nil where another unique index or constraint has the same columns, and is as good for ON CONFLICT.
  func lostKey(_ key: UniqueKey, of table: String) -> Hit? {
    guard let after = trace.after.tables[table],
      !after.keys.contains(where: { $0.columns == key.columns && ($0.isArbiter || !key.isArbiter) })
    else {
      return nil
    }
    let columns = key.columns.keys.sorted().joined(separator: ", ")
    let isLeft = after.keys.contains { $0.columns == key.columns }
    return (
      "C12",
      isLeft
        ? "the unique key of \(columns) of '\(table)' is deferrable, and nothing for ON CONFLICT any more"
        : "'\(table)' has no unique key of \(columns) any more"
    )
  }

  /// Whether a new column is NULL in the rows of admitted versions, which leave it out.
  private func isLeftNull(_ name: String, _ table: String, _ known: CatalogTable) -> Bool {
    guard known.column(name) == nil, let column = trace.after.tables[table]?.column(name) else {
      return false
    }
    return column.isNullable && column.generation == nil
      && (column.defaultValue.map { $0.lowercased() == "null" } ?? true)
  }

  /// Whether a new column has another value in each row that leaves it out.
  private func isNumbered(_ name: String, _ table: String, _ known: CatalogTable) -> Bool {
    guard known.column(name) == nil, let column = trace.after.tables[table]?.column(name) else {
      return false
    }
    return column.isIdentity || column.defaultValue?.contains(#/\bnextval\(|uuid\w*\(/#) ?? false
  }
}
