extension StalenessRule {
  /// All tables that the rule reads or writes.
  var tables: [String] {
    [table, source.table] + [requeue.into, requeue.parent?.table, whenEmpty?.table].compactMap { $0 }
  }
}
