package import GradusSQL

extension HomeserverWriter {
  /// What updates and other parts of the server keep of rooms; a version may not have all of them.
  private static let otherTables = [
    "room_ban_redactions", "room_stats_current", "room_stats_state", "room_stats_earliest_token",
    "room_stats_slices", "room_stats_historical", "users_in_public_rooms", "users_who_share_private_rooms",
  ]

  /// Removes a room and all that belongs to it, as an administrator does.
  ///
  /// A version that does not know the sliding sync tables leaves their rows to the database: a foreign key refuses the
  /// purge while there are some, unless guards have removed them.
  ///
  /// - Throws: `HomeserverError`, `SQLError`.
  package func purgeRoom(_ connection: Connection, room: String) throws {
    _ = try open(room, removesRoom: true, on: connection)
    let id = SQLValue.text(room)
    try announced(on: connection) {
      for table in [
        "current_state_delta_stream", "current_state_events", "local_current_membership", "room_memberships",
      ] {
        try connection.execute("DELETE FROM \(table) WHERE room_id = $1", [id])
      }
      if keepsSlidingSync {
        for table in [SlidingSyncTable.queue, SlidingSyncTable.joinedRooms, SlidingSyncTable.snapshots] {
          try connection.execute("DELETE FROM \(table) WHERE room_id = $1", [id])
        }
      }
      for table in try Self.otherTables.filter({ try connection.hasTable($0) }) {
        try connection.execute("DELETE FROM \(table) WHERE room_id = $1", [id])
      }
      for table in ["event_to_state_groups", "redactions", "rejections"] {
        try connection.execute(
          "DELETE FROM \(table) WHERE event_id IN (SELECT event_id FROM events WHERE room_id = $1)", [id])
      }
      try connection.execute(
        "DELETE FROM state_group_edges WHERE state_group IN (SELECT id FROM state_groups WHERE room_id = $1)",
        [id])
      for table in ["state_groups_state", "state_groups", "state_events", "event_json", "events", "rooms"] {
        try connection.execute("DELETE FROM \(table) WHERE room_id = $1", [id])
      }
    }
  }
}
