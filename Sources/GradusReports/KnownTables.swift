import GradusLint

/// Which tables there are while a plan is gone through: those of the database, and those that its steps make.
struct KnownTables {
  /// The tables and views of the database.
  let existing: Set<String>
  /// Whether the database has no version yet, so that all of the application's tables are made by the plan.
  let isNewDatabase: Bool
  /// What the plan has made so far, under its present name.
  private var made: Set<String> = []

  init(existing: Set<String>, isNewDatabase: Bool) {
    self.existing = existing
    self.isNewDatabase = isNewDatabase
  }

  /// Whether nobody can use a table yet.
  func isNew(_ table: String) -> Bool { made.contains(table) || isNewDatabase && !existing.contains(table) }

  /// Notes what a statement does.
  mutating func follow(_ action: StatementAction) {
    switch action {
    case .createTable(let table) where !existing.contains(table): made.insert(table)
    case .dropTable(let table): made.remove(table)
    case .renameTable(let table, let name):
      if made.remove(table) != nil { made.insert(name) }
    default: break
    }
  }
}
