import GradusSQL

extension UpdateDeclaration.Constraint {
  /// What holds for a valid row, as SQL over the table under its own name; a row violates it where this is false.
  package var condition: String {
    switch rule {
    case .notNull(let column): "\(SQLText.identifier(column)) IS NOT NULL"
    // A comment at its end must not hide the bracket that follows.
    case .check(let sql): sql.contains("--") ? sql + "\n" : sql
    case .foreignKey(let key): condition(key)
    }
  }

  /// The column that is to be NOT NULL, where that is the rule.
  package var notNullColumn: String? {
    if case .notNull(let column) = rule { column } else { nil }
  }

  private func condition(_ key: ForeignKey) -> String {
    let table = SQLText.identifier(self.table)
    let columns = key.columns.map { "\(table).\(SQLText.identifier($0))" }
    // The parent's column on the left: on SQLite its collation is the one that a foreign key compares by.
    let match = SQLText.match(key.parentColumns, alias: "gradus_parent", table, key.columns)
    return """
      \(columns.map { "\($0) IS NULL OR " }.joined())EXISTS (SELECT 1 FROM \(SQLText.identifier(key.parent)) \
      AS gradus_parent WHERE \(match))
      """
  }

  /// The constraint of the table, as SQL for both engines. NOT NULL as a check.
  var definition: String {
    let body =
      switch rule {
      case .notNull, .check: "CHECK (\(condition))"
      case .foreignKey(let key): definition(key)
      }
    return "CONSTRAINT \(SQLText.identifier(name)) \(body)"
  }

  private func definition(_ key: ForeignKey) -> String {
    "FOREIGN KEY (\(SQLText.identifiers(key.columns))) REFERENCES \(SQLText.identifier(key.parent)) (\(SQLText.identifiers(key.parentColumns)))"
      + (key.onDelete.map { " ON DELETE \($0.sql)" } ?? "") + key.deferral
  }

  /// The error where another constraint of the table has the name.
  ///
  /// - Parameter text: what that one says; nil where it is not known.
  func isAnother(_ text: String?) -> GradusError {
    GradusError(
      .deltaFailed,
      "'\(table)' has another constraint named '\(name)'\(text.map { ": \($0)" } ?? "")",
      hint:
        "give the declared one another name by 'constraint', or drop the other in a delta before; "
        + "nothing of this file was kept"
    )
  }
}

extension UpdateDeclaration.Constraint.ForeignKey {
  /// What makes it deferred, as SQL; nothing where it is not.
  var deferral: String { isDeferred ? " DEFERRABLE INITIALLY DEFERRED" : "" }
}

extension UpdateDeclaration.Constraint.ForeignKey.Action {
  /// The action as SQL.
  var sql: String { rawValue.uppercased().replacing("_", with: " ") }
}
