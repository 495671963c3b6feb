import Foundation
import Gradus
package import GradusSQL
package import GradusTestSupport

/// A fixture's database on either engine, as another program left it: with its bookkeeping, and without ours.
package enum FixtureDatabase {
  /// Runs a body on a copy: on SQLite of the file as it is, on PostgreSQL of what the worked example's schema has of it.
  ///
  /// - Parameters:
  ///   - name: the database's path in the fixtures, without `.xz`.
  ///   - engine: where to copy it to.
  ///   - body: what to do with the copy, which is removed afterwards.
  /// - Throws: what `body` throws; `SQLError`.
  package static func withDatabase(
    _ name: String, on engine: Engine, _ body: (TestDatabase) async throws -> Void
  ) async throws {
    try await TestDatabase.withDatabase(.sqlite) { file in
      guard case .sqlite(let path) = file.location else { return }
      try Fixtures.unpack(name, to: path)
      guard engine == .postgres else { return try await body(file) }
      try await TestDatabase.withDatabase(.postgres) { database in
        let target = try await database.open()
        try await prepare(database, target)
        try await copy(from: try await file.open(), to: target)
        try await target.run { try $0.execute("ANALYZE") }
        try await body(database)
      }
    }
  }

  /// Tables in the order of their foreign keys.
  private static let tables = [
    "rooms", "events", "event_json", "state_events", "rejections", "redactions", "room_ban_redactions",
    "current_state_events", "current_state_delta_stream", "event_to_state_groups", "room_memberships",
    "local_current_membership", "users", "state_groups", "state_group_edges", "state_groups_state",
    "sliding_sync_joined_rooms_to_recalculate", "sliding_sync_joined_rooms",
    "sliding_sync_membership_snapshots", "stats_incremental_position", "room_stats_current",
    "room_stats_state",
    "user_stats_current",
    "profiles", "user_directory_stale_remote_users",
  ]

  /// Makes the tables of version 87, and takes away what only this program keeps.
  private static func prepare(_ database: TestDatabase, _ session: Session) async throws {
    // Rows are copied, not written anew by an older version.
    let schema = try SchemaDefinition(root: Fixtures.packageRoot).acting(as: 87).withoutGuards
    try await DatabaseMigrator(schema: schema, database: PhysicalDatabase(driver: database.driver))
      .migrate(on: session)
    try await session.transaction { connection in
      // The fixtures are of a later version, which has this too.
      try connection.execute("ALTER TABLE redactions ADD COLUMN recheck BOOLEAN NOT NULL DEFAULT TRUE")
      let names = try connection.query(
        "SELECT relname::text FROM pg_class WHERE relname LIKE 'gradus~_%' ESCAPE '~' AND relkind = 'r'")
      for name in names { try connection.execute("DROP TABLE \(try name.text(0))") }
      for table in bookkeeping + ["stats_incremental_position"] {
        try connection.execute("DELETE FROM \(table)")
      }
    }
  }

  private static let bookkeeping = [
    "schema_version", "schema_compat_version", "applied_schema_deltas", "background_updates",
  ]

  private static func copy(from source: Session, to target: Session) async throws {
    for table in bookkeeping + tables {
      let types = try await target.run { connection in
        try connection.query(
          """
          SELECT attname::text, atttypid::regtype::text FROM pg_attribute
          WHERE attrelid = to_regclass($1::text) AND attnum > 0 AND NOT attisdropped
          """, [.text(table)]
        ).map { (try $0.text(0), try $0.text(1)) }
      }
      let present = try await source.run { connection in
        Set(
          try connection.query("SELECT name FROM pragma_table_info($1)", [.text(table)]).map {
            try $0.text(0)
          })
      }
      let columns = types.filter { present.contains($0.0) }
      let names = SQLText.identifiers(columns.map(\.0))
      let rows = try await source.run { try $0.query("SELECT \(names) FROM \(table)") }
      guard !rows.isEmpty else { continue }
      try await target.transaction { connection in
        for start in stride(from: 0, to: rows.count, by: 500) {
          try insert(rows[start..<min(start + 500, rows.count)], columns, into: table, connection)
        }
      }
    }
  }

  private static func insert(
    _ rows: ArraySlice<Row>, _ columns: [(String, String)], into table: String, _ connection: Connection
  ) throws {
    let arrays = columns.enumerated().map { "$\($0 + 1)::\($1.1)[]" }.joined(separator: ", ")
    let values: [SQLValue] = columns.enumerated().map { index, column in
      switch column.1 {
      case "text": .textArray(rows.map { $0[index].text })
      case "boolean": .booleanArray(rows.map { $0[index].boolean })
      default: .integerArray(rows.map { $0[index].integer })
      }
    }
    let names = SQLText.identifiers(columns.map(\.0))
    try connection.execute("INSERT INTO \(table) (\(names)) SELECT * FROM unnest(\(arrays))", values)
  }
}
