package import GradusSQL

/// What the engine knows of a table's size without counting.
package enum TableStatistics {
  /// Less than what any row takes of a file of SQLite's.
  private static let leastBytes: Int64 = 8

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
      // The largest row id: one look-up at the end of the table, too high where rows were deleted. Ids may be any numbers,
      // also far beyond what the file has room for.
      do {
        let row = try connection.queryRow(
          """
          SELECT (SELECT max(rowid) FROM \(SQLText.identifier(table))),
            (SELECT page_count * page_size FROM pragma_page_count, pragma_page_size)
          """)
        guard let newest = row?[0].integer, let bytes = row?[1].integer else { return nil }
        return Int(min(newest, bytes / leastBytes))
      } catch let error as SQLError where error.code == .undefinedObject {
        return nil
      }
    }
  }
}
