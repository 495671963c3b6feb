extension StalenessRule {
  /// All tables that the rule reads or writes.
  var tables: [String] {
    [table, source.table] + [requeue.into, requeue.parent?.table, whenEmpty?.table].compactMap { $0 }
  }

  /// The names of all updates that the rule may queue.
  package var queuedUpdates: [String] { [requeue.update] + (whenEmpty?.queue.map(\.name) ?? []) }
}
