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
  var candidates: [MembershipKey] = []

  /// The next memberships of phase 1, by room and user.
  init(after last: MembershipKey, limit: Int, on connection: Connection) throws {
    try self.init(
      where: "c.room_id >= $2 AND (c.room_id, c.user_id) > ($2, $3)", orderedBy: ["room_id", "user_id"],
      [SQLValue(limit), .text(last.roomID), .text(last.userID)], connection)
  }

  /// The next memberships of phase 2, by position. Those without a position are found in phase 1 only.
  init(afterPosition position: Int64, limit: Int, on connection: Connection) throws {
    try self.init(
      where: "c.event_stream_ordering > $2", orderedBy: ["event_stream_ordering", "room_id", "user_id"],
      [SQLValue(limit), .integer(position)], connection)
  }

  // The page is cut before the filter, so that a batch's cost is bounded however few candidates there are.
  private init(
    where condition: String, orderedBy columns: [String], _ parameters: [SQLValue], _ connection: Connection
  ) throws {
    func order(of table: String) -> String { columns.map { "\(table).\($0)" }.joined(separator: ", ") }
    let rows = try connection.query(
      """
      SELECT p.room_id, p.user_id, p.event_stream_ordering,
        s.membership_event_id IS NULL OR s.membership_event_id <> p.event_id
      FROM (
        SELECT c.room_id, c.user_id, c.event_id, c.event_stream_ordering FROM local_current_membership c
        WHERE \(condition)
        ORDER BY \(order(of: "c")) LIMIT $1
      ) AS p
      LEFT JOIN \(SlidingSyncTable.snapshots) s ON s.room_id = p.room_id AND s.user_id = p.user_id
      ORDER BY \(order(of: "p"))
      """, parameters)
    for row in rows {
      let key = MembershipKey(roomID: try row.text(0), userID: try row.text(1))
      if try row.boolean(3) { candidates.append(key) }
      last = key
      lastPosition = row[2].integer
    }
    scanned = rows.count
  }
}
