import GradusSQL

/// A membership whose snapshot is missing, with what its row needs.
struct MembershipCandidate {
  let key: MembershipKey
  let eventID: String
  let membership: Membership
  let position: Int64
  let sender: String
  let instanceName: String
  let isOutlier: Bool
  let forgotten: Int64

  /// Reads memberships whose snapshot is missing, after their rooms were locked.
  ///
  /// - Parameters:
  ///   - keys: the memberships; those that have a snapshot by now are left out.
  ///   - skips: counts those that can have none.
  static func read(
    _ keys: [MembershipKey], on connection: Connection, skips: inout SkipCounter
  ) throws -> [MembershipCandidate] {
    let rows = try connection.query(over: .memberships(keys)) { source in
      """
      SELECT c.room_id, c.user_id, c.event_id, c.membership, e.event_id, e.stream_ordering,
        COALESCE(e.sender, m.sender), e.instance_name, e.outlier, r.room_version, m.forgotten,
        m.event_id IS NOT NULL AND m.forgotten IS NULL
      FROM \(source)
      JOIN local_current_membership c ON c.room_id = k.room_id AND c.user_id = k.user_id
      LEFT JOIN events e ON e.event_id = c.event_id
      LEFT JOIN rooms r ON r.room_id = c.room_id
      LEFT JOIN room_memberships m ON m.event_id = c.event_id
      LEFT JOIN \(SlidingSyncTable.snapshots) s ON s.room_id = c.room_id AND s.user_id = c.user_id
      WHERE s.room_id IS NULL
      ORDER BY c.room_id, c.user_id
      """
    }
    return try rows.compactMap { row in
      switch try Self.parse(row) {
      case .success(let candidate):
        if try row.boolean(11) { skips.count(.forgottenMissing) }
        return candidate
      case .failure(let refusal):
        skips.count(refusal.reason)
        return nil
      }
    }
  }

  /// Waits for whoever is forgetting one of the rooms just now, without a lock on the room, and holds off others.
  static func lock(_ keys: [MembershipKey], on connection: Connection) throws {
    guard connection.engine == .postgres else { return }
    _ = try connection.query(over: .memberships(keys)) { source in
      """
      SELECT 1 FROM \(source)
      JOIN local_current_membership c ON c.room_id = k.room_id AND c.user_id = k.user_id
      JOIN room_memberships m ON m.event_id = c.event_id
      ORDER BY c.room_id, c.user_id FOR SHARE OF m
      """
    }
  }

  private struct Refusal: Error {
    let reason: SkipReason
  }

  private static func parse(_ row: Row) throws -> Result<MembershipCandidate, Refusal> {
    guard !row[4].isNull else { return .failure(Refusal(reason: .membershipEventMissing)) }
    guard let membership = Membership(rawValue: try row.text(3)) else {
      return .failure(Refusal(reason: .unknownMembership))
    }
    if let version = row[9].text, RoomVersion.eventFormat(of: version) == nil {
      return .failure(Refusal(reason: .unknownRoomVersion))
    }
    guard let position = row[5].integer, let sender = row[6].text else {
      return .failure(Refusal(reason: .membershipEventIncomplete))
    }
    let instance = row[7].text ?? ""
    return .success(
      MembershipCandidate(
        key: MembershipKey(roomID: try row.text(0), userID: try row.text(1)), eventID: try row.text(2),
        membership: membership, position: position, sender: sender,
        instanceName: instance.isEmpty ? "master" : instance, isOutlier: try row.boolean(8),
        forgotten: row[10].integer ?? 0))
  }
}

extension BatchTable {
  /// A table of memberships: room and user.
  static func memberships(_ keys: [MembershipKey]) -> BatchTable {
    BatchTable(
      columns: [("room_id", .text), ("user_id", .text)],
      rows: keys.map { [.text($0.roomID), .text($0.userID)] })
  }
}
