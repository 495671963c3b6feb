import GradusSQL

/// Adds a declared constraint to a table of SQLite, which can do so only by rebuilding the table with it.
///
/// Runs in the caller's transaction, under `RebuildSettings`.
struct SQLiteConstraint {
  let connection: Connection
  let constraint: UpdateDeclaration.Constraint

  func add() throws -> ConstraintOutcome {
    let (table, definition) = try current()
    guard try !isThere(table, definition) else {
      try refuseAnother(table, definition)
      return ConstraintOutcome(scanned: 0, deleted: 0, verified: "it was there already")
    }
    let new = try edited(definition)
    let (rows, violations) = try count()
    if violations > 0, !constraint.deletesViolations { throw refusal(violations) }
    // Rows that stay the same violate what they violated before; only a new key or missing rows can change that.
    var tables: [String] = []
    if case .foreignKey = constraint.rule { tables = [table] }
    if violations > 0 {
      tables = [table] + (try ForeignKeyViolations.tables(referencing: table, connection))
    }
    let before = try ForeignKeyViolations(of: tables, connection)
    let deleted = violations > 0 ? try deleteViolations() : 0
    let columns = try columns(of: table)
    try TableRebuild(connection: connection, table: table).run(new)
    try check(table, columns)
    try check(tables, since: before)
    return ConstraintOutcome(
      scanned: rows, deleted: deleted, verified: "every row satisfies \(constraint.condition)")
  }

  /// The table as it is, spelt as it was made.
  private func current() throws -> (table: String, CreateTableText) {
    let row = try connection.queryRow(
      "SELECT name, type, sql FROM sqlite_master WHERE name = $1 COLLATE NOCASE AND type IN ('table', 'view')",
      [.text(constraint.table)])
    guard let row else { throw failure("there is no table '\(constraint.table)'") }
    guard try row.text(1) == "table" else { throw failure("'\(constraint.table)' is a view") }
    let sql = try row.text(2)
    guard let text = CreateTableText(sql) else {
      throw failure(
        "'\(constraint.table)' cannot be rebuilt: it is a virtual table, or its definition is not understood",
        statement: sql)
    }
    return (try row.text(0), text)
  }

  private func isThere(_ table: String, _ text: CreateTableText) throws -> Bool {
    guard case .notNull(let column) = constraint.rule else { return text.hasConstraint(constraint.name) }
    return try connection.queryRow(
      #"SELECT 1 FROM pragma_table_xinfo($1) WHERE name = $2 COLLATE NOCASE AND "notnull""#,
      [.text(table), .text(column)]) != nil
  }

  private func edited(_ text: CreateTableText) throws -> CreateTableText {
    switch constraint.rule {
    case .notNull(let column):
      if let text = text.settingNotNull(column) { return text }
      throw failure("'\(constraint.table)' has no column '\(column)'")
    case .check, .foreignKey:
      if let text = text.adding(constraint.definition) { return text }
      throw failure("a quote or bracket is left open", statement: constraint.definition)
    }
  }

  private func count() throws -> (rows: Int, violations: Int) {
    let row = try connection.queryRow(
      """
      SELECT count(*), count(CASE WHEN NOT (\(constraint.condition)) THEN 1 END)
      FROM \(SQLText.identifier(constraint.table))
      """)
    return (Int(try row?.integer(0) ?? 0), Int(try row?.integer(1) ?? 0))
  }

  /// Deletes by a statement, rather than by leaving rows out of the copy, so that triggers see it as on PostgreSQL.
  private func deleteViolations() throws -> Int {
    let table = SQLText.identifier(constraint.table)
    let delete = "DELETE FROM \(table) WHERE NOT (\(constraint.condition))"
    var deleted = try connection.execute(delete)
    // The key's own action does not run yet, with foreign keys off, for rows of the table that reference deleted ones.
    guard case .foreignKey(let key) = constraint.rule, let action = key.onDelete else { return deleted }
    switch action {
    case .cascade: while case let rows = try connection.execute(delete), rows > 0 { deleted += rows }
    case .setNull:
      let columns = key.columns.map { SQLText.identifier($0) + " = NULL" }.joined(separator: ", ")
      try connection.execute("UPDATE \(table) SET \(columns) WHERE NOT (\(constraint.condition))")
    case .restrict, .noAction: break
    }
    return deleted
  }

  private func columns(of table: String) throws -> [[SQLValue]] {
    try connection.query(
      #"SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo($1)"#, [.text(table)]
    ).map { row in
      guard case .notNull(let column) = constraint.rule, SQLiteName(try row.text(0)) == SQLiteName(column)
      else {
        return row.values
      }
      return row.values.enumerated().map { $0 == 2 ? 1 : $1 }
    }
  }

  /// Makes sure that the rebuilt table is what it was to become.
  private func check(_ table: String, _ expected: [[SQLValue]]) throws {
    let (_, text) = try current()
    guard try isThere(table, text), try columns(of: table) == expected else {
      throw failure("rebuilding '\(table)' would have changed more than the constraint", statement: text.sql)
    }
  }

  private func check(_ tables: [String], since before: ForeignKeyViolations) throws {
    let after = try ForeignKeyViolations(of: tables, connection)
    for (table, error) in after.unreadable where before.unreadable[table] == nil {
      throw GradusError(
        .deltaFailed, "'\(constraint.name)' makes a foreign key of '\(table)' that cannot be checked",
        hint:
          "the columns in 'to' must be the parent's primary key or unique together; nothing of this file was kept",
        cause: error)
    }
    let added = after.added(since: before).sorted { $0.key < $1.key }
    guard added.isEmpty else {
      let list = added.map { "\($1) of '\($0)'" }.joined(separator: ", ")
      throw failure(
        "with '\(constraint.name)' on '\(constraint.table)', rows would violate foreign keys: \(list)",
        hint:
          "they reference rows that would be deleted, or differ from their parent in type; mend them in a delta before"
      )
    }
  }

  private func refusal(_ violations: Int) -> GradusError {
    failure(
      "\(violations) row\(violations == 1 ? " violates" : "s violate") '\(constraint.name)' on '\(constraint.table)': \(constraint.condition)",
      hint: "mend them, or declare delete_violations")
  }

  private func failure(_ message: String, statement: String? = nil, hint: String = "mend it and run again")
    -> GradusError
  {
    GradusError(.deltaFailed, message, statement: statement, hint: hint + "; nothing of this file was kept")
  }
}
