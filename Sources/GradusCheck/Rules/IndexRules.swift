import GradusCatalog

/// Finds indexes that a delta makes or drops while everybody waits. Pure.
struct IndexRules {
  let trace: DeltaTrace
  let known: Set<String>
  /// The tables that the delta makes anew: what they lose is no index that it drops.
  let rebuilt: Set<String>

  init(_ trace: DeltaTrace, known: Set<String>, rebuilt: Set<String> = []) {
    self.trace = trace
    self.known = known
    self.rebuilt = rebuilt
  }

  /// The findings; none for indexes that updates make.
  func findings() -> [Finding] {
    guard case .sql = trace.file.kind else { return [] }
    return trace.changes.compactMap { change in
      guard let table = change.table, known.contains(table), !trace.isRename(change) else { return nil }
      let (id, message): (String, String)
      switch change {
      case .addIndex(_, let name, let index) where isMade(by: change) || !isSetOtherwise(name, index, table):
        (id, message) = ("D03", "'\(name)' is made on the existing table '\(table)'")
      case .dropIndex(_, let name, _) where !isReplaced(name, table) && !rebuilt.contains(table):
        (id, message) = ("D04", "'\(name)' of '\(table)' goes")
      default: return nil
      }
      return Finding(id, message, at: trace.step(of: change), of: trace)
    }
  }

  /// Whether a statement says so.
  private func isMade(by change: CatalogChange) -> Bool {
    trace.step(of: change)?.analysis?.actions.contains { if case .createIndex = $0 { true } else { false } }
      ?? false
  }

  /// Whether only settings of an index change, by which it is not made anew.
  private func isSetOtherwise(_ name: String, _ index: CatalogIndex, _ table: String) -> Bool {
    guard let old = trace.before.tables[table]?.indexes[name] else { return false }
    return old.columns == index.columns && old.isUnique == index.isUnique && old.isPartial == index.isPartial
  }

  private func isReplaced(_ name: String, _ table: String) -> Bool {
    trace.after.tables[table].map { $0.indexes[name] != nil } ?? true
  }
}
