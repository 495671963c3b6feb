import GradusCatalog

/// Finds indexes that a delta makes or drops while everybody waits. Pure.
struct IndexRules {
  let trace: DeltaTrace
  let statements: [TracedStatement]
  /// The tables that the delta makes anew: what they lose is no index that it drops.
  let rebuilt: Set<String>

  /// The findings; none for indexes that updates make.
  func findings() -> [Finding] {
    guard case .sql = trace.file.kind else { return [] }
    return unseenBuilds() + trace.ownChanges.compactMap(judge)
  }

  private func judge(_ change: CatalogChange) -> Finding? {
    guard let table = change.table, let known = trace.known.table(table), !trace.isRename(change) else {
      return nil
    }
    let (id, message): (String, String)
    switch change {
    case .addIndex(_, let name, let index)
    where !isMadeAgain(name, index, table) && (isMade(by: change) || !isSetOtherwise(name, index, table)):
      (id, message) = ("D03", "'\(name)' is made on the existing table '\(table)'")
    case .dropIndex(_, let name, let index)
    where isOf(known, name, index) && !isReplaced(name, index, table) && !rebuilt.contains(table):
      (id, message) = ("D04", "'\(name)' of '\(table)' goes")
    default: return nil
    }
    return Finding(id, message, at: trace.step(of: change), of: trace)
  }

  /// Indexes that a statement makes and that the whole delta does not show: it drops one as well, gives it another name, or
  /// makes it a constraint's.
  private func unseenBuilds() -> [Finding] {
    let builds = statements.filter { $0.analysis.actions.contains(.createIndex) }
    guard !builds.isEmpty else { return [] }
    let seen = Set(
      trace.changes.compactMap { change -> String? in
        if case .addIndex(_, let name, _) = change, !trace.isRename(change) { return name }
        return nil
      })
    return builds.flatMap { statement in
      statement.step.changes.compactMap { change in
        guard case .addIndex(let table, let name, _) = change, !seen.contains(name),
          statement.existing.contains(trace.engine.folded(table)), !isPassedOn(change, by: statement)
        else { return nil }
        return Finding(
          "D03", "'\(name)' is made on the existing table '\(table)'", at: statement.step, of: trace)
      }
    }
  }

  /// Whether it is a partition's share of an index of its table.
  private func isPassedOn(_ change: CatalogChange, by statement: TracedStatement) -> Bool {
    guard let parent = change.table.flatMap({ statement.step.after.parent(of: $0) }) else { return false }
    return statement.step.changes.contains { $0.table == parent && $0.isPassedOn(as: change) }
  }

  /// Whether a table that is made anew only gets an index back, which may have another collation by its column.
  private func isMadeAgain(_ name: String, _ index: CatalogIndex, _ table: String) -> Bool {
    rebuilt.contains(table) && trace.before.tables[table]?.indexes[name]?.definition == index.definition
  }

  /// Whether a statement says so.
  private func isMade(by change: CatalogChange) -> Bool {
    trace.step(of: change)?.analysis?.actions.contains(.createIndex)
      ?? false
  }

  /// Whether only settings of an index change, by which it is not made anew.
  private func isSetOtherwise(_ name: String, _ index: CatalogIndex, _ table: String) -> Bool {
    trace.before.tables[table]?.indexes[name].map { isAlike($0, index) } ?? false
  }

  /// Whether admitted versions have an index, under its name or another.
  private func isOf(_ known: CatalogTable, _ name: String, _ index: CatalogIndex) -> Bool {
    known.indexes[name] != nil || known.indexes.values.contains { isAlike($0, index) }
  }

  private func isAlike(_ old: CatalogIndex, _ index: CatalogIndex) -> Bool {
    old.columns == index.columns && old.isUnique == index.isUnique && old.isPartial == index.isPartial
  }

  private func isReplaced(_ name: String, _ index: CatalogIndex, _ table: String) -> Bool {
    guard let after = trace.after.tables[table] else { return true }
    // ADD CONSTRAINT ... USING INDEX makes it the constraint's.
    let isOfConstraint =
      index.isUnique && !index.isPartial
      && after.constraints.contains {
        ($0.kind == .unique || $0.kind == .primaryKey) && $0.columns == index.columns
      }
    return after.indexes[name] != nil || isOfConstraint
  }
}
