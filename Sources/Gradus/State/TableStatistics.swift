package import GradusSQL

/// What the engine knows of a table's size without counting.
package enum TableStatistics {
  /// Roughly how many rows a table has; nil where nothing is known.
  package static func estimatedRows(of table: String, on connection: Connection) throws -> Int? {
    switch connection.engine {
    case .postgres:
      let row = try connection.queryRow(
        // -1 until somebody has looked at the table.
        "SELECT nullif(reltuples, -1)::bigint FROM pg_class WHERE oid = to_regclass($1)",
        [.text(SQLText.identifier(table))])
      return row?[0].integer.map { Int($0) }
    case .sqlite:
      // The largest row id: one look-up at the end of the table, too high where rows were deleted.
      do {
        return try connection.queryRow("SELECT max(rowid) FROM \(SQLText.identifier(table))")?[0].integer.map
        { Int($0) }
      } catch let error as SQLError where error.code == .undefinedObject {
        return nil
      }
    }
  }
}
