import GradusSQL

/// The snapshots of a slice's users who are in their rooms and have none.
///
/// But for who and since when, those of a room are alike, and they are most of all snapshots: one statement makes them
/// where the memberships lie, from one row of values a room. What is not as it should be it leaves out: such
/// memberships are for the way that looks at each.
struct JoinedSnapshots {
  private var table = BatchTable(
    columns: [("room_id", .text), ("after_user", .text), ("last_user", .text)] + RoomValues.columns)
  private var rooms: Set<String> = []
  private var count = 0

  /// - Parameters:
  ///   - rooms: the slice's rooms that have such users.
  ///   - versions: the versions of the rooms that exist.
  ///   - current: what is known of the rooms; they have been read.
  init(_ rooms: [MembershipSlice.Room], in versions: [String: String?], _ current: CurrentRooms) {
    for room in rooms {
      // A skip is counted with each membership.
      var skips = SkipCounter()
      guard let known = versions[room.id], known.map({ RoomVersion.eventFormat(of: $0) != nil }) ?? true,
        let described = current.describe(room.id, skips: &skips), described.hasKnownState,
        skips.counts.isEmpty
      else { continue }
      self.rooms.insert(room.id)
      count += room.joining
      table.rows.append(
        [.text(room.id), .text(room.afterUser), .text(room.lastUser)] + described.values.values)
    }
  }

  /// Writes the snapshots of memberships up to a position: none that appeared since the slice was read is among them.
  ///
  /// On PostgreSQL it waits for whoever is forgetting one of the rooms just now, and holds off others.
  ///
  /// - Returns: how many were written, and the rooms whose snapshots are all there by that; none where some were left
  ///   out.
  func write(upTo position: Int64, on connection: Connection) throws -> (written: Int, complete: Set<String>)
  {
    let values = RoomValues.columns.map(\.name)
    // On SQLite rows come in the order of the rooms, each room's in that of the key.
    let order =
      connection.engine == .postgres ? "ORDER BY c.room_id, c.user_id FOR SHARE OF m" : ""
    let written = try connection.execute(over: table, [.integer(position)]) { source in
      """
      INSERT INTO \(SlidingSyncTable.snapshots) (
        room_id, user_id, sender, membership_event_id, membership, forgotten, event_stream_ordering,
        event_instance_name, has_known_state, \(values.joined(separator: ", "))
      )
      SELECT c.room_id, c.user_id, COALESCE(e.sender, m.sender), c.event_id, c.membership, m.forgotten,
        e.stream_ordering, COALESCE(NULLIF(e.instance_name, ''), 'master'), TRUE,
        \(values.map { "k.\($0)" }.joined(separator: ", "))
      FROM \(source)
      JOIN local_current_membership c
        ON c.room_id = k.room_id AND c.user_id > k.after_user AND c.user_id <= k.last_user
      JOIN room_memberships m ON m.event_id = c.event_id
      JOIN events e ON e.event_id = c.event_id
      WHERE c.membership = 'join' AND c.event_stream_ordering <= $1 AND e.stream_ordering IS NOT NULL
        AND COALESCE(e.sender, m.sender) IS NOT NULL AND m.forgotten IS NOT NULL
      \(order)
      ON CONFLICT DO NOTHING
      """
    }
    return (written, written == count ? rooms : [])
  }
}
