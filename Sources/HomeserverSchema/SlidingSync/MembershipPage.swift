import GradusSQL

/// The memberships that one batch looks at.
struct MembershipPage {
  /// How many there are, those that need nothing included.
  var scanned = 0
  /// The last one.
  var last: MembershipKey?
  /// The last one's position; in phase 2 never NULL.
  var lastPosition: Int64?
  /// Those whose snapshot is missing or of an older membership event.
  var candidates: [Candidate] = []

  struct Candidate {
    let key: MembershipKey
    /// Whether the user is in the room and has no snapshot.
    let isJoining: Bool
  }

  /// The next memberships of phase 1, by room and user.
  ///
  /// - Parameter end: up to where; nil for no end.
  init(after last: MembershipKey, upTo end: MembershipKey?, limit: Int, on connection: Connection) throws {
    let isInRange = end == nil ? "" : "AND c.room_id <= $4 AND (c.room_id, c.user_id) <= ($4, $5)"
    try self.init(
      where: "c.room_id >= $2 AND (c.room_id, c.user_id) > ($2, $3) \(isInRange)",
      orderedBy: ["room_id", "user_id"],
      [SQLValue(limit)] + [last, end].compactMap(\.self).flatMap { [.text($0.roomID), .text($0.userID)] },
      connection)
  }

  /// The next memberships of phase 2, by position. Those without a position are found in phase 1 only.
  ///
  /// - Parameter end: up to where; nil for no end.
  init(afterPosition position: Int64, upTo end: Int64?, limit: Int, on connection: Connection) throws {
    try self.init(
      where: "c.event_stream_ordering > $2 \(end == nil ? "" : "AND c.event_stream_ordering <= $3")",
      orderedBy: ["event_stream_ordering", "room_id", "user_id"],
      [SQLValue(limit)] + [position, end].compactMap(\.self).map(SQLValue.integer), connection)
  }

  // The page is cut before the filter, so that a batch's cost is bounded however few candidates there are.
  private init(
    where condition: String, orderedBy columns: [String], _ parameters: [SQLValue], _ connection: Connection
  ) throws {
    func order(of table: String) -> String { columns.map { "\(table).\($0)" }.joined(separator: ", ") }
    let rows = try connection.query(
      """
      SELECT p.room_id, p.user_id, p.event_stream_ordering,
        s.membership_event_id IS NULL OR s.membership_event_id <> p.event_id,
        s.membership_event_id IS NULL AND p.membership = 'join'
      FROM (
        SELECT c.room_id, c.user_id, c.event_id, c.membership, c.event_stream_ordering
        FROM local_current_membership c
        WHERE \(condition)
        ORDER BY \(order(of: "c")) LIMIT $1
      ) AS p
      LEFT JOIN \(SlidingSyncTable.snapshots) s ON s.room_id = p.room_id AND s.user_id = p.user_id
      ORDER BY \(order(of: "p"))
      """, parameters)
    for row in rows {
      let key = MembershipKey(roomID: try row.text(0), userID: try row.text(1))
      if try row.boolean(3) { candidates.append(Candidate(key: key, isJoining: try row.boolean(4))) }
      last = key
      lastPosition = row[2].integer
    }
    scanned = rows.count
  }

  /// The users who are in rooms and have no snapshot, by room.
  ///
  /// - Parameter last: the membership after which the page begins.
  func joining(after last: MembershipKey) -> [String: JoinedSnapshots.Users] {
    var users: [String: JoinedSnapshots.Users] = [:]
    for candidate in candidates where candidate.isJoining {
      let key = candidate.key
      let after = key.roomID == last.roomID ? last.userID : ""
      users[key.roomID, default: .init(after: after, last: "", count: 0)].add(key.userID)
    }
    return users
  }
}
