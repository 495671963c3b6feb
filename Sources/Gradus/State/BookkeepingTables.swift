package import GradusSQL

/// Makes Gradus's own tables on a database that another program has prepared.
package enum BookkeepingTables {
  /// Makes what is missing; reads only where nothing is.
  package static func ensure(_ connection: Connection) throws {
    guard let existing = try missing(connection) else { return }
    do {
      try connection.transaction { connection in
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
  static func areComplete(among existing: Set<String>, _ connection: Connection) throws -> Bool {
    try existing.isSuperset(of: Bookkeeping.tables.map(\.name)) && missingColumns(connection).isEmpty
  }

  /// The later columns that existing tables lack.
  static func missingColumns(_ connection: Connection) throws -> [(
    table: String, column: String, type: String
  )] {
    let sql =
      switch connection.engine {
      case .sqlite: "SELECT name FROM pragma_table_info($1)"
      case .postgres:
        "SELECT attname::text FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped"
      }
    var missing: [(table: String, column: String, type: String)] = []
    for (table, columns) in Dictionary(grouping: Bookkeeping.laterColumns, by: \.table) {
      let existing = Set(try connection.query(sql, [.text(table)]).map { try $0.text(0) })
      missing += columns.filter { !existing.contains($0.column) }
    }
    return missing
  }
}
