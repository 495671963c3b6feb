import GradusSQL
import GradusTestSupport
import Testing

@testable import HomeserverSchema

/// A purged room leaves no row behind.
struct PurgeTests {
  /// The tables of which a row may be of a room.
  private static func tables(_ connection: Connection) throws -> [String] {
    let sql =
      switch connection.engine {
      case .sqlite:
        """
        SELECT t.name FROM sqlite_master t JOIN pragma_table_info(t.name) c
        WHERE t.type = 'table' AND c.name = 'room_id'
        """
      case .postgres:
        """
        SELECT t.relname::text FROM pg_attribute c JOIN pg_class t ON t.oid = c.attrelid
        WHERE t.relkind = 'r' AND t.relnamespace = current_schema()::regnamespace AND c.attname = 'room_id'
        """
      }
    return try connection.query(sql).map { try $0.text(0) }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func noTableKeepsARow(_ engine: Engine) async throws {
    try await WriterTests.with(engine) { connection in
      let writer = HomeserverWriter(.v88)
      let (alice, bob) = ("@alice:example.org", "@bob:example.org")
      let (room, other) = try connection.transaction { connection in
        (
          try writer.createRoom(connection, name: "A", creator: alice, members: [(bob, .leave)]),
          try writer.createRoom(connection, name: "B", creator: alice)
        )
      }
      for room in [room, other] {
        for (columns, values) in [
          (
            "room_stats_current (room_id, current_state_events, joined_members, invited_members, left_members, banned_members, local_users_in_room, completed_delta_stream_id)",
            "$1, 1, 1, 0, 0, 0, 1, 1"
          ),
          ("room_stats_state (room_id, name)", "$1, 'A'"),
          ("room_stats_earliest_token (room_id, token)", "$1, 1"),
          ("room_stats_slices (room_id, end_ts, bucket_size, is_dirty)", "$1, 1, 1, TRUE"),
          (
            "room_stats_historical (room_id, end_ts, bucket_size, current_state_events, joined_members, invited_members, left_members, banned_members, local_users_in_room, total_events, total_event_bytes)",
            "$1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1"
          ),
          ("users_in_public_rooms (user_id, room_id)", "'@a:b', $1"),
          ("users_who_share_private_rooms (user_id, other_user_id, room_id)", "'@a:b', '@c:d', $1"),
          ("room_ban_redactions (room_id, user_id, redacting_event_id)", "$1, '@a:b', '$x'"),
          ("sliding_sync_joined_rooms_to_recalculate (room_id)", "$1"),
        ] {
          try connection.execute("INSERT INTO \(columns) VALUES (\(values))", [.text(room)])
        }
      }
      let tables = try Self.tables(connection)
      #expect(tables.count > 15)
      try connection.transaction { try writer.purgeRoom($0, room: room) }
      for table in tables {
        let rows = try connection.query("SELECT 1 FROM \(table) WHERE room_id = $1 LIMIT 1", [.text(room)])
        #expect(rows.isEmpty, "\(table)")
      }
      let kept = try connection.queryRow("SELECT count(*) FROM room_stats_historical")
      #expect(try kept?.integer(0) == 1)
    }
  }

  /// Version 86 has no history of statistics.
  @Test func tablesOfLaterVersionsMayBeMissing() async throws {
    try await WriterTests.with(.sqlite, version: 86) { connection in
      let writer = HomeserverWriter(.v86)
      try connection.transaction { connection in
        let room = try writer.createRoom(connection, creator: "@alice:example.org")
        try writer.purgeRoom(connection, room: room)
      }
      #expect(try connection.queryRow("SELECT count(*) FROM events")?.integer(0) == 0)
    }
  }
}
