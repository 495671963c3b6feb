extension LedgerReader {
  /// Refuses a second rule for one derived table: how far a table and its source are is read and remembered by the table's
  /// name, so that either rule would take the other's positions for its own.
  func checkStaleness(_ ledger: Ledger, _ root: YAMLMapping) throws {
    var seen: [(migration: GradualMigration, table: String)] = []
    for (migration, map) in zip(ledger.gradualMigrations, try root.mappings("gradual_migrations")) {
      for (rule, node) in zip(migration.staleness, try map.mappings("stale_after_rollback")) {
        let other = seen.first {
          $0.table == rule.table && areTogether($0.migration.database, migration.database)
        }
        seen.append((migration, rule.table))
        guard let other else { continue }
        throw node.reader.error(
          try node.require("table"),
          "a second rule for '\(rule.table)'; the first is of '\(other.migration.name)'",
          hint: "make one rule of the two, or derive into another table")
      }
    }
  }

  /// Whether tables of these live in one database, whatever the configuration.
  private func areTogether(_ one: LogicalDatabase, _ other: LogicalDatabase) -> Bool {
    one == other || one == .common || other == .common
  }
}
