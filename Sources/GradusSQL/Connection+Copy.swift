extension Connection {
  /// Writes rows by PostgreSQL's `COPY ... FROM STDIN`, its fastest way. As part of a transaction it is taken back with
  /// it; by itself it writes all rows or none.
  ///
  ///     var pieces = [text].makeIterator()
  ///     try connection.copy(into: "orders", columns: ["id", "customer"]) { pieces.next() }
  ///
  /// - Parameters:
  ///   - table: the table's name, unquoted.
  ///   - columns: its columns, in the order of the values.
  ///   - next: asked for more rows until it returns nil; what it throws ends the COPY without a row written.
  /// - Returns: how many rows were written.
  /// - Throws: `SQLError`, whose `copyRow` and `copyColumn` say where in the data an error is; `forbiddenStatement` on
  ///   SQLite, which has no COPY.
  @discardableResult
  public func copy(into table: String, columns: [String], _ next: () throws -> CopyText?) throws -> Int {
    try check()
    return try backend.copy(into: table, columns: columns) {
      try check()
      return try next()
    }
  }

  /// Runs a query and hands each row over without copying its values, for who moves very many. SQLite only.
  ///
  /// - Parameters:
  ///   - sql: one statement.
  ///   - parameters: its parameters' values.
  ///   - body: gets the values of a row, which are gone when it returns; says whether it wants another row.
  /// - Throws: `SQLError`, `forbiddenStatement` on PostgreSQL; what `body` throws.
  package func forEachRawRow(
    _ sql: String, _ parameters: [SQLValue] = [], _ body: ([RawValue]) throws -> Bool
  ) throws {
    try check()
    try backend.runRaw(sql, parameters, row: body)
  }
}
