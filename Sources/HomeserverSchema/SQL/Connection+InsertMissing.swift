import GradusSQL

extension Connection {
  /// As `insertMissing`, over a batch table; an empty table changes nothing.
  ///
  /// - Parameters:
  ///   - table: the table.
  ///   - parameters: values for `$1`, `$2`, ...; those of the table follow them.
  ///   - sql: makes the `INSERT ... SELECT` from the table as an item of a FROM clause, named `k`.
  func insertMissing(
    over table: BatchTable, _ parameters: [SQLValue] = [], _ sql: (_ source: String) -> String
  ) throws -> Int {
    guard let (sql, parameters) = statement(over: table, parameters, sql) else { return 0 }
    return try insertMissing(sql, parameters)
  }

  /// Inserts rows of which hardly ever one is there; those stay.
  ///
  /// On PostgreSQL looking for each row before it is written, with the mark that the row then needs until it is certain,
  /// takes as long as to write it. So all are written as new, and only where one is not, once more with a look.
  ///
  /// - Parameters:
  ///   - sql: an `INSERT ... SELECT` that ends where `ON CONFLICT` may follow; after its last `WHERE`.
  ///   - parameters: its values.
  /// - Returns: how many rows it inserted.
  func insertMissing(_ sql: String, _ parameters: [SQLValue]) throws -> Int {
    let careful = sql + "\nON CONFLICT DO NOTHING"
    guard engine == .postgres else { return try execute(careful, parameters) }
    try execute("SAVEPOINT rows_are_new")
    do {
      let written = try execute(sql, parameters)
      try execute("RELEASE SAVEPOINT rows_are_new")
      return written
    } catch let error as SQLError where error.code == .uniqueViolation {
      try execute("ROLLBACK TO SAVEPOINT rows_are_new")
      try execute("RELEASE SAVEPOINT rows_are_new")
      return try execute(careful, parameters)
    }
  }
}
