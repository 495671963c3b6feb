import GradusSQL

/// The same counts a room at a time: four queries and two upserts, each upsert in a transaction of its own, without a
/// look at events but their JSON.
enum RoomByRoom {
  /// - Returns: how many rooms were counted.
  static func run(on connection: Connection, limit: Int) throws -> Int {
    let rooms = try connection.query(
      "SELECT DISTINCT room_id FROM current_state_events ORDER BY room_id LIMIT $1", [SQLValue(limit)])
    for room in rooms { try count(room[0], on: connection) }
    return rooms.count
  }

  private static func count(_ room: SQLValue, on connection: Connection) throws {
    let (members, total, state) = try connection.transaction(.read) { connection in
      (
        try connection.query(
          """
          SELECT membership, COUNT(*) FROM current_state_events
          WHERE room_id = $1 AND type = 'm.room.member' GROUP BY membership
          """, [room]),
        try connection.queryRow("SELECT COUNT(*) FROM current_state_events WHERE room_id = $1", [room]),
        try connection.query(
          """
          SELECT c.type, j.json FROM current_state_events c JOIN event_json j ON j.event_id = c.event_id
          WHERE c.room_id = $1 AND c.state_key = ''
          """, [room])
      )
    }
    let local = try connection.query(
      """
      SELECT state_key FROM current_state_events
      WHERE room_id = $1 AND type = 'm.room.member' AND membership = 'join'
      """, [room])
    let hasName = state.contains { $0[0].text == "m.room.name" }
    try connection.transaction { connection in
      _ = try connection.execute(
        """
        INSERT INTO room_stats_state (room_id, name, is_federatable) VALUES ($1, $2, TRUE)
        ON CONFLICT (room_id) DO UPDATE SET name = excluded.name
        """, [room, hasName ? "a name" : .null])
    }
    try connection.transaction { connection in
      _ = try connection.execute(
        """
        INSERT INTO room_stats_current VALUES ($1, $2, $3, 0, 0, 0, $4, 0, 0)
        ON CONFLICT (room_id) DO UPDATE SET joined_members = excluded.joined_members
        """,
        [room, total?[0] ?? 0, members.first { $0[0].text == "join" }?[1] ?? 0, SQLValue(local.count)])
    }
  }
}
