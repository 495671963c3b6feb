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
  /// The rooms are locked, so that nobody can leave them meanwhile; and who is in a room cannot forget it. Hence
  /// `forgotten` needs no lock.
  ///
  /// - Returns: how many were written, and the rooms whose snapshots are all there by that; none where some were left
  ///   out.
  func write(upTo position: Int64, on connection: Connection) throws -> (written: Int, complete: Set<String>)
  {
    let values = RoomValues.columns.map(\.name)
    // By the room alone: PostgreSQL would rather read the index of users up to a room's last one.
    let memberships = connection.lookUp(
      "local_current_membership", as: "c", "room_id", equals: "k.room_id", where: "c.membership = 'join'")
    let written = try connection.insertMissing(over: table, [.integer(position)]) { source in
      """
      INSERT INTO \(SlidingSyncTable.snapshots) (
        room_id, user_id, sender, membership_event_id, membership, forgotten, event_stream_ordering,
        event_instance_name, has_known_state, \(values.joined(separator: ", "))
      )
      SELECT c.room_id, c.user_id, COALESCE(e.sender, m.sender), c.event_id, c.membership, m.forgotten,
        e.stream_ordering, COALESCE(NULLIF(e.instance_name, ''), 'master'), TRUE,
        \(values.map { "k.\($0)" }.joined(separator: ", "))
      FROM \(source)
      \(memberships)
      \(connection.lookUp("room_memberships", as: "m", "event_id", equals: "c.event_id"))
      \(connection.lookUp("events", as: "e", "event_id", equals: "c.event_id"))
      WHERE c.user_id > k.after_user AND c.user_id <= k.last_user AND c.event_stream_ordering <= $1
        AND e.stream_ordering IS NOT NULL AND COALESCE(e.sender, m.sender) IS NOT NULL
        AND m.forgotten IS NOT NULL AND \(connection.areTexts("c.event_id", "COALESCE(e.sender, m.sender)"))
      """
    }
    return (written, written == count ? rooms : [])
  }
}
