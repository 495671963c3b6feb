import GradusCatalog

extension DeltaTrace {
  /// The net changes without those that a table of PostgreSQL's passes on to its partitions, or to tables that inherit from
  /// it: those are one with its own.
  var ownChanges: [CatalogChange] {
    let changes = self.changes
    return changes.filter { change in
      guard let parent = change.table.flatMap({ after.parent(of: $0) ?? before.parent(of: $0) }) else {
        return true
      }
      return !changes.contains {
        $0.table == parent && $0.isPassedOn(as: change) && isRename($0) == isRename(change)
          && step(of: $0)?.position == step(of: change)?.position
      }
    }
  }
}
