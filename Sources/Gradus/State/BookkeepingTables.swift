package import GradusSQL

/// Makes Gradus's own tables on a database that another program has prepared.
package enum BookkeepingTables {
  /// Makes what is missing; reads only where nothing is.
  ///
  /// - Parameters:
  ///   - connection: a connection to the database.
  ///   - lockTimeout: how long a table that is to get a column is waited for on PostgreSQL; nil for as long as the server's
  ///     settings say.
  package static func ensure(_ connection: Connection, lockTimeout: Duration? = nil) throws {
    guard let existing = try missing(connection) else { return }
    do {
      try connection.transaction(lockTimeout: lockTimeout) { connection in
        try BookkeepingWriter(connection: connection)
          .createTables(withQueue: !existing.contains("background_updates"))
      }
    } catch let error as SQLError where [.uniqueViolation, .duplicateObject].contains(error.code) {
      // On PostgreSQL two CREATE TABLE IF NOT EXISTS at the same time may both find that it does not.
      if try missing(connection) != nil { throw error }
    }
  }

  /// The tables that exist, or nil where nothing of ours is missing.
  private static func missing(_ connection: Connection) throws -> Set<String>? {
    let existing = try CatalogTables.names(connection)
    return try areComplete(among: existing, connection) ? nil : existing
  }

  /// Whether all of Gradus's tables are among these, with all their columns.
  package static func areComplete(among existing: Set<String>, _ connection: Connection) throws -> Bool {
    try existing.isSuperset(of: Bookkeeping.tables.map(\.name)) && missingColumns(connection).isEmpty
  }

  /// The later columns that existing tables lack.
  static func missingColumns(_ connection: Connection) throws -> [(
    table: String, column: String, type: String
  )] {
    let tables = Array(Set(Bookkeeping.laterColumns.map(\.table))).sorted()
    let rows =
      switch connection.engine {
      case .sqlite:
        try connection.query(
          "SELECT t.value, c.name FROM json_each($1) AS t JOIN pragma_table_info(t.value) AS c",
          [.text("[" + tables.map { "\"\($0)\"" }.joined(separator: ",") + "]")])
      case .postgres:
        try connection.query(
          """
          SELECT t.name, a.attname::text FROM unnest($1::text[]) AS t (name)
          JOIN pg_attribute a ON a.attrelid = to_regclass(t.name) AND a.attnum > 0 AND NOT a.attisdropped
          """, [.textArray(tables)])
      }
    let existing = Dictionary(grouping: rows) { $0[0].text }.mapValues { $0.map { $0[1].text } }
    return Bookkeeping.laterColumns.filter { !(existing[$0.table] ?? []).contains($0.column) }
  }
}
