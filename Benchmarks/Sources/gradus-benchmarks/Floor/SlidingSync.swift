import Gradus
import GradusSQL
import GradusUpdates
import HomeserverSchema

/// The worked example's sliding sync tables, from the memberships of `world.sql`.
enum SlidingSync: FloorWork {
  static let name = "sliding sync"
  static let source = FloorSource.world
  static let registry = UpdateRegistry(
    handlers: HomeserverUpdates.handlers, declarations: [UpdateDeclaration]())
  static let queue: [(name: String, dependsOn: String?)] = [
    ("sliding_sync_prefill_joined_rooms_to_recalculate_table_bg_update", nil),
    (
      "sliding_sync_joined_rooms_bg_update",
      "sliding_sync_prefill_joined_rooms_to_recalculate_table_bg_update"
    ),
    ("sliding_sync_membership_snapshots_bg_update", nil),
  ]

  /// Of memberships that are joined, as all of this world are, and of events that are neither rejected nor redacted: the
  /// general work has more cases.
  static func statements(_ engine: Engine) -> [String] {
    func content(_ field: String) -> String {
      engine == .sqlite
        ? "json_extract(j.json, '$.content.\(field)')" : "(j.json::jsonb -> 'content' ->> '\(field)')"
    }
    func value(_ type: String, _ field: String) -> String {
      "max(CASE c.type WHEN 'm.room.\(type)' THEN \(content(field)) END)"
    }
    let described = """
      SELECT c.room_id, \(value("create", "type")) AS room_type, \(value("name", "name")) AS room_name,
        \(value("encryption", "algorithm")) IS NOT NULL AS is_encrypted,
        \(value("tombstone", "replacement_room")) AS successor
      \(StateRows.from) AND c.type IN ('m.room.create', 'm.room.name', 'm.room.encryption', 'm.room.tombstone')
      GROUP BY c.room_id
      """
    return [
      """
      INSERT INTO sliding_sync_joined_rooms (
        room_id, event_stream_ordering, bump_stamp, room_type, room_name, is_encrypted, tombstone_successor_room_id
      )
      SELECT d.room_id, p.latest, p.bump, d.room_type, d.room_name, d.is_encrypted, d.successor
      FROM (\(described)) AS d
      JOIN (
        SELECT e.room_id, max(e.stream_ordering) AS latest, max(CASE WHEN e.type IN ('m.room.create', 'm.room.message',
          'm.room.encrypted', 'm.sticker', 'm.call.invite', 'm.poll.start', 'm.beacon_info') THEN e.stream_ordering END) AS bump
        FROM events e LEFT JOIN rejections x ON x.event_id = e.event_id
        WHERE NOT e.outlier AND x.event_id IS NULL GROUP BY e.room_id
      ) AS p ON p.room_id = d.room_id
      WHERE EXISTS (SELECT 1 FROM local_current_membership m WHERE m.room_id = d.room_id AND m.membership = 'join')
      """,
      """
      INSERT INTO sliding_sync_membership_snapshots (
        room_id, user_id, sender, membership_event_id, membership, forgotten, event_stream_ordering,
        event_instance_name, has_known_state, room_type, room_name, is_encrypted, tombstone_successor_room_id
      )
      SELECT c.room_id, c.user_id, e.sender, c.event_id, c.membership, m.forgotten, e.stream_ordering, 'master', TRUE,
        d.room_type, d.room_name, d.is_encrypted, d.successor
      FROM local_current_membership c
      JOIN room_memberships m ON m.event_id = c.event_id
      JOIN events e ON e.event_id = c.event_id
      JOIN (\(described)) AS d ON d.room_id = c.room_id
      """,
    ]
  }

  static func check(rows: Int, _ session: Session) async throws {
    let world = World(memberships: rows)
    let found = try await session.run {
      try $0.queryRow(
        """
        SELECT (SELECT count(*) FROM sliding_sync_joined_rooms), (SELECT count(room_name) FROM sliding_sync_joined_rooms),
          (SELECT count(*) FROM sliding_sync_membership_snapshots WHERE has_known_state),
          (SELECT count(*) FROM sliding_sync_joined_rooms WHERE bump_stamp IS NULL)
        """)
    }
    let expected = [world.rooms, world.rooms / 2, world.memberships / 2, 0].map { SQLValue($0) }
    guard found?.values == expected else {
      throw BenchmarkError("the result is wrong: \(found?.values ?? []), not \(expected)")
    }
  }
}
