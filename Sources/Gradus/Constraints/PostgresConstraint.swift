import GradusSQL

/// Adds a declared constraint to a table of PostgreSQL without looking at its rows: `NOT VALID`, so that it holds for
/// new rows at once, and for old ones when the update of its name has validated it.
struct PostgresConstraint {
  let connection: Connection
  let constraint: UpdateDeclaration.Constraint

  /// Does nothing where a constraint of the name is there, or the column is NOT NULL. Runs in the caller's transaction.
  func addUnvalidated() throws {
    guard try !isThere() else { return }
    try connection.execute(
      "ALTER TABLE \(SQLText.identifier(constraint.table)) ADD \(constraint.definition) NOT VALID")
  }

  private func isThere() throws -> Bool {
    let table = SQLValue.text(SQLText.identifier(constraint.table))
    if case .notNull(let column) = constraint.rule {
      let isNotNull = try connection.queryRow(
        "SELECT attnotnull FROM pg_attribute WHERE attrelid = to_regclass($1) AND attname = $2",
        [table, .text(column)])
      if isNotNull?[0].boolean == true { return true }
    }
    return try connection.queryRow(
      "SELECT 1 FROM pg_constraint WHERE conrelid = to_regclass($1) AND conname = $2",
      [table, .text(constraint.name)]) != nil
  }
}
