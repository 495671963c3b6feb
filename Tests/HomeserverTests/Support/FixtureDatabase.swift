import Foundation
import GradusSQL
import GradusTestSupport

/// A fixture's data on either engine.
enum FixtureDatabase {
  /// Runs a test on a fixture: on SQLite on the file as it is, on PostgreSQL on a copy of what the example's
  /// own schema has of it.
  static func with(
    _ name: String, on engine: Engine, _ body: @Sendable (Connection) throws -> Void
  ) async throws {
    try await TestDatabase.withDatabase(.sqlite) { file in
      guard case .sqlite(let path) = file.location else { return }
      try Fixtures.unpack(name, to: path)
      let source = try await file.open()
      switch engine {
      case .sqlite: try await source.run(body)
      case .postgres:
        try await TestDatabase.withDatabase(.postgres) { database in
          let target = try await database.open()
          try await target.run { try prepare($0) }
          try await copy(from: source, to: target)
          try await target.run { _ = try $0.execute("ANALYZE") }
          try await target.run(body)
        }
      }
    }
  }

  /// Tables in the order of their foreign keys.
  private static let tables = [
    "rooms", "events", "event_json", "state_events", "rejections", "redactions", "room_ban_redactions",
    "current_state_events", "current_state_delta_stream", "event_to_state_groups", "room_memberships",
    "local_current_membership", "users", "state_groups", "state_group_edges", "state_groups_state",
    "sliding_sync_joined_rooms_to_recalculate", "sliding_sync_joined_rooms",
    "sliding_sync_membership_snapshots", "background_updates",
  ]

  private static func prepare(_ connection: Connection) throws {
    try ExampleSchema.create(on: connection)
    // The fixture is of a later version, which has this too.
    _ = try connection.execute("ALTER TABLE redactions ADD COLUMN recheck BOOLEAN NOT NULL DEFAULT TRUE")
    _ = try connection.execute("DELETE FROM background_updates")
  }

  private static func copy(from source: Session, to target: Session) async throws {
    for table in tables {
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
      let names = columns.map(\.0).joined(separator: ", ")
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
    let names = columns.map(\.0).joined(separator: ", ")
    try connection.execute("INSERT INTO \(table) (\(names)) SELECT * FROM unnest(\(arrays))", values)
  }
}
