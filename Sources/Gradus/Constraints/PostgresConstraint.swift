import GradusSQL

/// Adds a declared constraint to a table of PostgreSQL without looking at its rows: `NOT VALID`, so that it holds for
/// new rows at once, and for old ones when the update of its name has validated it.
struct PostgresConstraint {
  let connection: Connection
  let constraint: UpdateDeclaration.Constraint

  private var table: String { SQLText.identifier(constraint.table) }

  /// Does nothing where the constraint is there, or the column is NOT NULL. Runs in the caller's transaction.
  ///
  /// - Throws: `GradusError` where another constraint of the table has its name.
  func addUnvalidated() throws {
    guard try !isThere() else { return }
    try connection.execute("ALTER TABLE \(table) ADD \(constraint.definition) NOT VALID")
  }

  private func isThere() throws -> Bool {
    if case .notNull(let column) = constraint.rule {
      let isNotNull = try connection.queryRow(
        "SELECT attnotnull FROM pg_attribute WHERE attrelid = to_regclass($1) AND attname = $2",
        [.text(table), .text(column)])
      if isNotNull?[0].boolean == true { return true }
    }
    guard let there = try text(of: constraint.name) else { return false }
    guard try wantedText() == there else { throw constraint.isAnother(there) }
    return true
  }

  /// How the server writes a constraint of the table, validated or not; nil where there is none of the name.
  private func text(of name: String) throws -> String? {
    try connection.queryRow(
      """
      SELECT regexp_replace(pg_get_constraintdef(oid), ' NOT VALID$', '') FROM pg_constraint
      WHERE conrelid = to_regclass($1) AND conname = $2
      """, [.text(table), .text(name)])?.text(0)
  }

  /// How the server would write the declared constraint.
  private func wantedText() throws -> String? {
    switch constraint.rule {
    case .notNull(let column):
      return try connection.queryRow(
        "SELECT format('CHECK ((%I IS NOT NULL))', $1::text)", [.text(column)])?.text(0)
    case .check: return try triedText()
    case .foreignKey(let key): return try text(key)
    }
  }

  /// Only the server knows how it writes a condition, and only once it has one.
  private func triedText() throws -> String? {
    var trial = constraint
    trial.name = "gradus_trial"
    try connection.execute("SAVEPOINT trial")
    try connection.execute("ALTER TABLE \(table) ADD \(trial.definition) NOT VALID")
    let tried = try text(of: trial.name)
    try connection.execute("ROLLBACK TO SAVEPOINT trial")
    try connection.execute("RELEASE SAVEPOINT trial")
    return tried
  }

  /// Not tried, as PostgreSQL refuses a key that is NOT VALID on a partitioned table, which may have it nevertheless.
  private func text(_ key: UpdateDeclaration.Constraint.ForeignKey) throws -> String? {
    func list(_ parameter: Int) -> String {
      """
      (SELECT string_agg(quote_ident(name), ', ' ORDER BY number)
      FROM unnest($\(parameter)::text[]) WITH ORDINALITY AS part (name, number))
      """
    }
    // The server does not write the default.
    let action = key.onDelete.map { $0 == .noAction ? "" : " ON DELETE \($0.sql)" } ?? ""
    return try connection.queryRow(
      """
      SELECT format('FOREIGN KEY (%s) REFERENCES %s(%s)%s', \(list(1)), to_regclass($2)::text, \(list(3)), $4::text)
      """,
      [
        .textArray(key.columns), .text(SQLText.identifier(key.parent)), .textArray(key.parentColumns),
        .text(action + key.deferral),
      ])?.text(0)
  }
}
