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
    /// How many users are in the room and have no snapshot.
    var joining: Int
    /// How many others' snapshots are missing or of an older membership event.
    var others: Int
  }

  /// How many memberships there are, those that need nothing included.
  let scanned: Int
  /// The last one.
  let last: MembershipKey?
  /// The rooms of which some need something.
  let rooms: [Room]

  /// The next memberships by room and user.
  ///
  /// - Parameters:
  ///   - end: up to where; nil for no end.
  ///   - limit: how many; amid a large room they may be more, all of that room.
  init(after start: MembershipKey, upTo end: MembershipKey?, limit: Int, on connection: Connection) throws {
    if try Self.isAmidLargeRoom(start, limit: limit, on: connection) {
      // To the room's end at most: what makes more of its memberships cheap is not so of other rooms.
      let rest = try MembershipSlice(
        after: start, upTo: end, isOfOneRoom: true, limit: Self.fewestOfLargeRoom, on: connection)
      guard rest.last == nil else {
        self = rest
        return
      }
    }
    self = try MembershipSlice(after: start, upTo: end, isOfOneRoom: false, limit: limit, on: connection)
  }

  /// - Parameter isOfOneRoom: whether it ends with the room that it begins in.
  private init(
    after start: MembershipKey, upTo end: MembershipKey?, isOfOneRoom: Bool, limit: Int,
    on connection: Connection
  ) throws {
    let isInRange =
      (end == nil ? "" : "AND c.room_id <= $4 AND (c.room_id, c.user_id) <= ($4, $5)")
      + (isOfOneRoom ? " AND c.room_id <= $2" : "")
    // Cut before it is looked at, so that a batch's cost is bounded however few need something. Most rooms have no
    // snapshots yet: a look a room tells, and only of the others each membership is looked up.
    let rows = try connection.query(
      """
      SELECT p.room_id, max(p.user_id), count(*) FILTER (WHERE p.membership = 'join'),
        count(*) FILTER (WHERE p.membership <> 'join'), (
          SELECT 1 FROM \(SlidingSyncTable.snapshots) s
          WHERE s.room_id = p.room_id AND s.user_id > CASE WHEN p.room_id = $2 THEN $3 ELSE '' END LIMIT 1
        ) IS NOT NULL
      FROM (
        SELECT c.room_id, c.user_id, c.membership
        FROM local_current_membership c
        WHERE c.room_id >= $2 AND (c.room_id, c.user_id) > ($2, $3) \(isInRange)
          AND \(connection.areTexts("c.room_id", "c.user_id"))
        ORDER BY c.room_id, c.user_id LIMIT $1
      ) AS p
      GROUP BY p.room_id
      ORDER BY p.room_id
      """,
      [SQLValue(limit)] + [start, end].compactMap(\.self).flatMap { [.text($0.roomID), .text($0.userID)] })
    let all = try rows.map { row in
      let id = try row.text(0)
      return (
        room: Room(
          id: id, afterUser: id.hasSameBytes(as: start.roomID) ? start.userID : "",
          lastUser: try row.text(1), joining: Int(try row.integer(2)), others: Int(try row.integer(3))),
        hasSnapshots: try row.boolean(4)
      )
    }
    scanned = all.reduce(0) { $0 + $1.room.joining + $1.room.others }
    last = all.last.map { MembershipKey(roomID: $0.room.id, userID: $0.room.lastUser) }
    let incomplete = try all.filter(\.hasSnapshots).map(\.room).countingNeeds(on: connection)
    rooms = (all.filter { !$0.hasSnapshots }.map(\.room) + incomplete).sorted { $0.id < $1.id }
  }

  /// Whether a slice of so few would go on amid a large room.
  ///
  /// No index has a room's users in their order: who goes on amid a room reads all of it to find the next ones. Where that
  /// alone takes longer than a batch should, smaller batches save nothing, and each one more costs as much again.
  private static func isAmidLargeRoom(
    _ start: MembershipKey, limit: Int, on connection: Connection
  ) throws -> Bool {
    guard limit < fewestOfLargeRoom, !start.userID.isEmpty else { return false }
    let row = try connection.queryRow(
      """
      SELECT COUNT(*) FROM (
        SELECT 1 FROM local_current_membership WHERE room_id = $1 LIMIT \(largeRoom)
      ) AS m
      """, [.text(start.roomID)])
    return (row?[0].integer ?? 0) >= largeRoom
  }

  /// So many memberships that to read them takes some milliseconds.
  private static var largeRoom: Int64 { 10_000 }
  private static var fewestOfLargeRoom: Int { 2_000 }
}

extension [MembershipSlice.Room] {
  /// The rooms in which a snapshot is missing or of an older membership event, with the numbers of such memberships.
  fileprivate func countingNeeds(on connection: Connection) throws -> [MembershipSlice.Room] {
    let rows = try needs(
      "k.nth, count(*) FILTER (WHERE \(Self.isJoining)), count(*) FILTER (WHERE NOT (\(Self.isJoining)))",
      "GROUP BY k.nth", on: connection)
    return try rows.map { row in
      var room = self[Int(try row.integer(0)) - 1]
      (room.joining, room.others) = (Int(try row.integer(1)), Int(try row.integer(2)))
      return room
    }
  }

  /// Those of the rooms' memberships whose snapshots are missing or of an older membership event, by room and user.
  func memberships(on connection: Connection) throws -> [MembershipKey] {
    try needs("c.room_id, c.user_id", "ORDER BY c.room_id, c.user_id", on: connection)
      .map { MembershipKey(roomID: try $0.text(0), userID: try $0.text(1)) }
  }

  private static var isJoining: String { "s.membership_event_id IS NULL AND c.membership = 'join'" }

  /// Queries the rooms' memberships whose snapshots are missing or of an older membership event.
  ///
  /// - Parameters:
  ///   - columns: what is selected of the rooms `k`, numbered, memberships `c` and snapshots `s`.
  ///   - order: what follows the conditions.
  private func needs(_ columns: String, _ order: String, on connection: Connection) throws -> [Row] {
    let table = BatchTable(
      columns: [("room_id", .text), ("after_user", .text), ("last_user", .text)],
      rows: map { room in [.text(room.id), .text(room.afterUser), .text(room.lastUser)] }, isNumbered: true)
    // By the room alone: PostgreSQL would rather read the index of users up to a room's last one.
    let users = connection.lookUp("local_current_membership", as: "c", "room_id", equals: "k.room_id")
    return try connection.query(over: table) { source in
      """
      SELECT \(columns)
      FROM \(source)
      \(users)
      \(SlidingSyncTable.snapshot(of: "c", on: connection))
      WHERE c.user_id > k.after_user AND c.user_id <= k.last_user
        AND (s.membership_event_id IS NULL OR s.membership_event_id <> c.event_id)
      \(order)
      """
    }
  }
}
