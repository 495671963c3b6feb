import GradusSQL

/// Makes the rows of `rooms` that memberships need and a damaged database lacks.
enum MissingRooms {
  /// Inserts the missing rooms of the memberships that a snapshot can be made of.
  static func insert(
    for memberships: [MembershipKey], on connection: Connection, skips: inout SkipCounter
  ) throws {
    let inserted = try connection.execute(over: .memberships(memberships)) { source in
      """
      INSERT INTO rooms (room_id, has_auth_chain_index)
      SELECT DISTINCT c.room_id, TRUE
      FROM \(source)
      JOIN local_current_membership c ON c.room_id = k.room_id AND c.user_id = k.user_id
      JOIN events e ON e.event_id = c.event_id
      WHERE c.membership IN (\(Membership.sqlList))
        AND NOT EXISTS (SELECT 1 FROM rooms r WHERE r.room_id = c.room_id)
      ON CONFLICT DO NOTHING
      """
    }
    skips.count(.roomMissing, inserted)
  }
}
