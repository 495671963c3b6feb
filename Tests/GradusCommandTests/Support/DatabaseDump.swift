import GradusSQL
import GradusTestSupport

/// All tables of a database with all their rows, but for times, durations and process names.
enum DatabaseDump {
  static func read(_ database: TestDatabase) async throws -> [String] {
    try await database.open().transaction(.read) { connection in
      try tables(connection).flatMap { table in
        let rows = try connection.query("SELECT * FROM \(SQLText.identifier(table))").map { row in
          zip(row.columns.names, row.values).filter { !isVolatile(table, $0.0) }.map { "\($0)=\($1)" }
            .joined(separator: ", ")
        }
        return [table] + rows.sorted().map { "\(table): \($0)" }
      }
    }
  }

  private static func tables(_ connection: Connection) throws -> [String] {
    let sql =
      switch connection.engine {
      case .sqlite:
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY name"
      case .postgres: "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
      }
    return try connection.query(sql).map { try $0.text(0) }
  }

  private static func isVolatile(_ table: String, _ column: String) -> Bool {
    column.hasSuffix("_at") || column.hasSuffix("_by") || column == "duration_ms"
      // How many batches, and so how many rows a batch looked at in vain, depends on how fast the machine is.
      || (table == "gradus_updates" && ["batches", "scanned"].contains(column))
  }
}
