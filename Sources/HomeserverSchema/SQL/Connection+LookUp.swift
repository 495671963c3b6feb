import GradusSQL

extension Connection {
  /// Joins the rows of a table with a key by looking them up, key by key, to follow an item of a FROM clause.
  ///
  /// PostgreSQL plans by what it believes of a table, and of one that was empty when it last looked it believes that
  /// reading it whole for each key is as good: while the table grows, that takes longer and longer. And for a batch of
  /// some thousand keys it likes to read a table of a million rows whole. It cannot take a sub-select with OFFSET apart.
  ///
  /// - Parameters:
  ///   - table: the table, with an index that begins with the column.
  ///   - alias: its name in the statement.
  ///   - column: the column.
  ///   - key: what the column must be equal to; a column of an item before.
  ///   - condition: what else the rows must fulfil.
  ///   - isOptional: whether a key without a row stays, with NULLs.
  ///   - columns: what is read of the rows. Queries that versions of the application run name it.
  func lookUp(
    _ table: String, as alias: String, _ column: String, equals key: String, where condition: String = "TRUE",
    isOptional: Bool = false, reading columns: [String] = ["*"]
  ) -> String {
    let condition = "\(alias).\(column) = \(key) AND \(condition)"
    let join = isOptional ? "LEFT JOIN" : "JOIN"
    return switch engine {
    case .postgres:
      "\(join) LATERAL (SELECT \(columns.joined(separator: ", ")) FROM \(table) \(alias) WHERE \(condition) OFFSET 0) AS \(alias) ON TRUE"
    case .sqlite: "\(join) \(table) \(alias) ON \(condition)"
    }
  }
}
