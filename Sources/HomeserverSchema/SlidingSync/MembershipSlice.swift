import GradusSQL

/// The memberships that one batch of phase 1 looks at: a slice along room and user, counted by room where it lies.
struct MembershipSlice {
  /// The memberships of one room within a slice.
  struct Room {
    let id: String
    /// Exclusive; empty where the room begins within the slice.
    let afterUser: String
    /// Inclusive.
    let lastUser: String
    /// How many users are in the room.
    let joined: Int
    /// How many users are not.
    let others: Int
    /// Whether there is a snapshot of any of them.
    let hasSnapshots: Bool
  }

  /// How many memberships there are, those that need nothing included.
  let scanned: Int
  /// The last one.
  let last: MembershipKey?
  /// Their rooms.
  let rooms: [Room]

  /// The next memberships by room and user.
  ///
  /// - Parameter end: up to where; nil for no end.
  init(after start: MembershipKey, upTo end: MembershipKey?, limit: Int, on connection: Connection) throws {
    let isInRange = end == nil ? "" : "AND c.room_id <= $4 AND (c.room_id, c.user_id) <= ($4, $5)"
    // Cut before it is looked at, so that a batch's cost is bounded however few need something. Most rooms have no
    // snapshots at all, or all of them: a look a room tells which.
    let rows = try connection.query(
      """
      SELECT r.room_id, r.last_user, r.joined, r.others, (
          SELECT 1 FROM \(SlidingSyncTable.snapshots) s
          WHERE s.room_id = r.room_id AND s.user_id > CASE WHEN r.room_id = $2 THEN $3 ELSE '' END LIMIT 1
        ) IS NOT NULL
      FROM (
        SELECT p.room_id, max(p.user_id) AS last_user, count(*) FILTER (WHERE p.membership = 'join') AS joined,
          count(*) FILTER (WHERE p.membership <> 'join') AS others
        FROM (
          SELECT c.room_id, c.user_id, c.membership
          FROM local_current_membership c
          WHERE c.room_id >= $2 AND (c.room_id, c.user_id) > ($2, $3) \(isInRange)
          ORDER BY c.room_id, c.user_id LIMIT $1
        ) AS p
        GROUP BY p.room_id
      ) AS r
      ORDER BY r.room_id
      """,
      [SQLValue(limit)] + [start, end].compactMap(\.self).flatMap { [.text($0.roomID), .text($0.userID)] })
    rooms = try rows.map { row in
      let id = try row.text(0)
      return Room(
        id: id, afterUser: id.utf8.elementsEqual(start.roomID.utf8) ? start.userID : "",
        lastUser: try row.text(1), joined: Int(try row.integer(2)), others: Int(try row.integer(3)),
        hasSnapshots: try row.boolean(4))
    }
    scanned = rooms.reduce(0) { $0 + $1.joined + $1.others }
    last = rooms.last.map { MembershipKey(roomID: $0.id, userID: $0.lastUser) }
  }
}

extension [MembershipSlice.Room] {
  /// Those of the rooms' memberships whose snapshots are missing or of an older membership event, by room and user.
  func memberships(on connection: Connection) throws -> [MembershipKey] {
    let table = BatchTable(
      columns: [("room_id", .text), ("after_user", .text), ("last_user", .text)],
      rows: map { [.text($0.id), .text($0.afterUser), .text($0.lastUser)] })
    // By the room alone: PostgreSQL would rather read the index of users up to a room's last one.
    let users = connection.lookUp("local_current_membership", as: "c", "room_id", equals: "k.room_id")
    let rows = try connection.query(over: table) { source in
      """
      SELECT c.room_id, c.user_id
      FROM \(source)
      \(users)
      \(SlidingSyncTable.snapshot(of: "c", on: connection))
      WHERE c.user_id > k.after_user AND c.user_id <= k.last_user
        AND (s.membership_event_id IS NULL OR s.membership_event_id <> c.event_id)
      ORDER BY c.room_id, c.user_id
      """
    }
    return try rows.map { MembershipKey(roomID: try $0.text(0), userID: try $0.text(1)) }
  }
}
