import GradusSQL
import GradusUpdates
import HomeserverSchema

/// The worked example's statistics of rooms and users, from the memberships of `world.sql`.
enum RoomAndUserStatistics: FloorWork {
  static let name = "statistics"
  static let source = FloorSource.world
  static let registry = SlidingSync.registry
  static let queue: [(name: String, dependsOn: String?)] = [
    ("populate_stats_process_rooms", nil), ("populate_stats_process_users", "populate_stats_process_rooms"),
  ]

  static func statements(_ engine: Engine) -> [String] {
    func content(_ field: String) -> String {
      engine == .sqlite
        ? "json_extract(j.json, '$.content.\(field)')" : "(j.json::jsonb -> 'content' ->> '\(field)')"
    }
    let position = "(SELECT coalesce(max(stream_ordering), 0) FROM events)"
    return [
      """
      INSERT INTO room_stats_state (room_id, name, join_rules, is_federatable)
      SELECT c.room_id, max(CASE c.type WHEN 'm.room.name' THEN \(content("name")) END),
        max(CASE c.type WHEN 'm.room.join_rules' THEN \(content("join_rule")) END), TRUE
      \(StateRows.from) AND c.type IN ('m.room.create', 'm.room.name', 'm.room.join_rules', 'm.room.canonical_alias', 'm.room.topic',
        'm.room.history_visibility', 'm.room.encryption', 'm.room.avatar')
      GROUP BY c.room_id
      """,
      """
      INSERT INTO room_stats_current (
        room_id, current_state_events, joined_members, invited_members, left_members, banned_members, knocked_members,
        local_users_in_room, completed_delta_stream_id
      )
      SELECT c.room_id, count(*), count(*) FILTER (WHERE c.membership = 'join'),
        count(*) FILTER (WHERE c.membership = 'invite'), count(*) FILTER (WHERE c.membership = 'leave'),
        count(*) FILTER (WHERE c.membership = 'ban'), count(*) FILTER (WHERE c.membership = 'knock'),
        count(*) FILTER (WHERE c.membership = 'join' AND c.state_key LIKE '%:oracle.test'), \(position)
      FROM current_state_events c GROUP BY c.room_id
      """,
      """
      INSERT INTO user_stats_current (user_id, joined_rooms, completed_delta_stream_id)
      SELECT u.name, (
        SELECT count(*) FROM current_state_events c
        WHERE c.type = 'm.room.member' AND c.state_key = u.name AND c.membership = 'join'
      ), \(position)
      FROM users u
      """,
    ]
  }

  static func check(rows: Int, _ session: Session) async throws {
    let world = World(memberships: rows)
    let found = try await session.run {
      try $0.queryRow(
        """
        SELECT (SELECT count(*) FROM room_stats_state WHERE join_rules IS NOT NULL),
          (SELECT CAST(sum(joined_members) AS BIGINT) FROM room_stats_current),
          (SELECT CAST(sum(joined_rooms) AS BIGINT) FROM user_stats_current)
        """)
    }
    let expected = [world.rooms, world.memberships, world.memberships / 2].map { SQLValue($0) }
    guard found?.values == expected else {
      throw BenchmarkError("the result is wrong: \(found?.values ?? []), not \(expected)")
    }
  }
}
