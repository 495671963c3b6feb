import GradusSQL

/// Rows that a walk along a key passes over: no comparison with NULL holds.
enum NullKeys {
  /// The columns of a key in which some row has NULL; none where all are NOT NULL, which costs no look at rows.
  static func columns(of table: String, key: [String], on connection: Connection) throws -> [String] {
    let mayBeNull = Set(try nullable(table, on: connection).map { $0.lowercased() })
    return try key.filter { column in
      guard mayBeNull.contains(column.lowercased()) else { return false }
      let row = try connection.queryRow(
        "SELECT 1 FROM \(SQLText.identifier(table)) WHERE \(SQLText.identifier(column)) IS NULL LIMIT 1")
      return row != nil
    }
  }

  private static func nullable(_ table: String, on connection: Connection) throws -> [String] {
    let rows =
      switch connection.engine {
      case .sqlite:
        // The plain table_info leaves out generated columns.
        try connection.query("SELECT name FROM pragma_table_xinfo($1) WHERE \"notnull\" = 0", [.text(table)])
      case .postgres:
        try connection.query(
          """
          SELECT attname::text FROM pg_attribute
          WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attnotnull AND NOT attisdropped
          """, [.text(SQLText.identifier(table))])
      }
    return try rows.map { try $0.text(0) }
  }
}
