import GradusJSON
import GradusSQL

/// The memberships that one batch of phase 2 looks at, by position.
struct MembershipPage {
  /// How many there are, those that need nothing included.
  let scanned: Int
  /// The last one and its position.
  let last: (key: MembershipKey, position: Int64)?
  /// Those whose snapshot is missing or of an older membership event.
  let candidates: [MembershipKey]

  /// The next memberships. Those without a position are found in phase 1 only.
  ///
  /// - Parameters:
  ///   - place: where the batches before ended, perhaps amid the memberships at one position.
  ///   - end: up to which position; nil for no end.
  init(after place: MembershipPlace, upTo end: Int64?, limit: Int, on connection: Connection) throws {
    let start = place.parameters
    let isInRange = end == nil ? "" : "AND c.event_stream_ordering <= $\(2 + start.count)"
    // The page is cut before the filter, so that a batch's cost is bounded however few candidates there are.
    let rows = try connection.query(
      """
      SELECT p.room_id, p.user_id, p.event_stream_ordering,
        s.membership_event_id IS NULL OR s.membership_event_id <> p.event_id
      FROM (
        SELECT c.room_id, c.user_id, c.event_id, c.event_stream_ordering
        FROM local_current_membership c
        WHERE \(place.comesLater(first: 2)) \(isInRange) AND \(connection.areTexts("c.room_id", "c.user_id"))
        ORDER BY c.event_stream_ordering, c.room_id, c.user_id LIMIT $1
      ) AS p
      \(SlidingSyncTable.snapshot(of: "p", on: connection))
      ORDER BY p.event_stream_ordering, p.room_id, p.user_id
      """, [SQLValue(limit)] + start + (end.map { [.integer($0)] } ?? []))
    func key(_ row: Row) throws -> MembershipKey {
      MembershipKey(roomID: try row.text(0), userID: try row.text(1))
    }
    scanned = rows.count
    last = try rows.last.map { (try key($0), try $0.integer(2)) }
    candidates = try rows.filter { try $0.boolean(3) }.map(key)
  }
}

extension [MembershipKey] {
  /// The memberships in groups in each of which Swift can tell all rooms apart.
  var withTellableRooms: [[MembershipKey]] {
    let rooms = Set(map { JSONText($0.roomID) }).sorted()
    // All of them, in all but odd databases.
    guard rooms.count > Set(map(\.roomID)).count else { return [self] }
    return rooms.withTellableIDs { $0.string ?? "" }.map { group in
      let group = Set(group)
      return filter { group.contains(JSONText($0.roomID)) }
    }
  }
}
