extension LedgerReader {
  /// Refuses a second rule for one derived table: how far a table and its source are is read and remembered by the table's
  /// name, so that either rule would take the other's positions for its own.
  func checkStaleness(_ ledger: Ledger, _ root: YAMLMapping) throws {
    var seen: [String: GradualMigration] = [:]
    for (migration, map) in zip(ledger.gradualMigrations, try root.mappings("gradual_migrations")) {
      for (rule, node) in zip(migration.staleness, try map.mappings("stale_after_rollback")) {
        let other = seen.updateValue(migration, forKey: "\(migration.database.name) \(rule.table)")
        guard let other else { continue }
        throw node.reader.error(
          try node.require("table"),
          "a second rule for '\(rule.table)'; the first is of '\(other.name)'",
          hint: "make one rule of the two, or derive into another table")
      }
    }
  }
}
