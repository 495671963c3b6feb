import Foundation
import GradusSQL
package import GradusTestSupport

import Gradus

/// A whole database as sorted lines: its tables, columns, indexes and rows.
package enum DatabaseDump {
  /// Columns that say when, how long and by whom, and how many batches it took: they differ between equal runs.
  private static let circumstances: Set<String> = [
    "applied_at", "applied_by", "started_at", "started_by", "updated_at", "completed_at", "completed_by",
    "duration_ms", "batches",
  ]

  /// - Parameters:
  ///   - database: the database. A file that is not there has no lines, and is not made.
  ///   - withCircumstances: with the columns that differ between equal runs.
  package static func lines(_ database: TestDatabase, withCircumstances: Bool = true) async throws -> [String]
  {
    if case .sqlite(let path) = database.location, !FileManager.default.fileExists(atPath: path) { return [] }
    return try await database.open().transaction(.read) { connection in
      // Of a worker that ran for long and was killed, a row stays for a while.
      let tables = try CatalogTables.names(connection).subtracting(
        withCircumstances ? [] : ["gradus_workers"])
      let rows = try tables.sorted().flatMap { table in
        try connection.query("SELECT * FROM \(SQLText.identifier(table))").map { row in
          let cells = zip(row.columns.names, row.values).filter {
            withCircumstances || !circumstances.contains($0.0)
          }
          return "\(table): " + cells.map { "\($0.0)=\($0.1)" }.joined(separator: " ")
        }.sorted()
      }
      return try schema(connection) + rows
    }
  }

  private static func schema(_ connection: Connection) throws -> [String] {
    let sql =
      switch connection.engine {
      case .sqlite: "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master ORDER BY 1"
      case .postgres:
        """
        SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
        FROM information_schema.columns WHERE table_schema = current_schema()
        UNION ALL
        SELECT 'index ' || pg_get_indexdef(indexrelid) || ' ' || indisvalid FROM pg_index
        WHERE indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = current_schema()::regnamespace)
        UNION ALL
        SELECT 'constraint ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = current_schema()::regnamespace
        ORDER BY 1
        """
      }
    return try connection.query(sql).map { try $0.text(0) }
  }
}
