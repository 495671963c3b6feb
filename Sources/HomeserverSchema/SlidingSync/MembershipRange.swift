import GradusSQL

/// Where ranges of memberships end.
enum MembershipRange {
  /// The end of the next range of about so many memberships of phase 1, with the room that it ends in: batches of two
  /// ranges do not wait for each other's rooms.
  static func next(
    past last: MembershipKey, rows: Int, on connection: Connection
  ) throws -> (end: MembershipKey, rows: Int)? {
    let row = try connection.queryRow(
      """
      WITH slice AS (
        SELECT c.room_id FROM local_current_membership c
        WHERE c.room_id >= $1 AND (c.room_id, c.user_id) > ($1, $2) ORDER BY c.room_id, c.user_id LIMIT $3
      ), room AS (SELECT max(room_id) AS room_id, count(*) AS memberships FROM slice)
      SELECT r.room_id, (SELECT max(m.user_id) FROM local_current_membership m WHERE m.room_id = r.room_id), r.memberships
      FROM room r
      """, [.text(last.roomID), .text(last.userID), SQLValue(rows)])
    guard let row, let room = row[0].text else { return nil }
    return (MembershipKey(roomID: room, userID: try row.text(1)), Int(try row.integer(2)))
  }

  /// The end of the next range of about so many memberships of phase 2.
  static func next(
    past place: MembershipPlace, rows: Int, on connection: Connection
  ) throws -> (end: Int64, rows: Int)? {
    let row = try connection.queryRow(
      """
      SELECT max(s.event_stream_ordering), count(*) FROM (
        SELECT c.event_stream_ordering FROM local_current_membership c
        WHERE \(place.comesLater(first: 2)) ORDER BY c.event_stream_ordering LIMIT $1
      ) AS s
      """, [SQLValue(rows)] + place.parameters)
    guard let row, let end = row[0].integer else { return nil }
    return (end, Int(try row.integer(1)))
  }
}
