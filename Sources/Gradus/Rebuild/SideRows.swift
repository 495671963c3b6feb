import GradusSQL

/// What SQLite keeps of a table in tables of its own and drops with it: the AUTOINCREMENT position and the planner's
/// statistics.
struct SideRows {
  private let connection: Connection
  private let saved: [(table: String, key: String, rows: [Row])]
  private let owner: String

  /// Reads the rows.
  init(connection: Connection, table: String) throws {
    self.connection = connection
    owner = table
    let tables = [
      ("sqlite_sequence", "name"), ("sqlite_stat1", "tbl"), ("sqlite_stat3", "tbl"), ("sqlite_stat4", "tbl"),
    ]
    saved = try tables.compactMap { side, key in
      let exists =
        try connection.queryRow("SELECT 1 FROM sqlite_master WHERE name = $1", [.text(side)]) != nil
      guard exists else { return nil }
      return (
        side, key,
        try connection.query("SELECT * FROM \(side) WHERE \(key) = $1 COLLATE NOCASE", [.text(table)])
      )
    }
  }

  /// Writes the rows back, in place of those that copying the table made.
  func restore() throws {
    for (side, key, rows) in saved {
      try connection.execute("DELETE FROM \(side) WHERE \(key) = $1 COLLATE NOCASE", [.text(owner)])
      for row in rows {
        let parameters = (1...row.values.count).map { "$\($0)" }.joined(separator: ", ")
        try connection.execute("INSERT INTO \(side) VALUES (\(parameters))", row.values)
      }
    }
    // The planner of this connection reads statistics when it loads the schema, which it did before they were back.
    if saved.contains(where: { $0.key == "tbl" && !$0.rows.isEmpty }) {
      try connection.execute("ANALYZE sqlite_master")
    }
  }
}
