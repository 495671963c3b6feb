import GradusSQL

/// A membership whose snapshot is missing, with what its row needs.
struct MembershipCandidate {
  let key: MembershipKey
  let eventID: EventID
  let membership: Membership
  let position: Int64
  let sender: String
  let instanceName: String
  let isOutlier: Bool
  let forgotten: Int64

  /// What was read of memberships.
  struct Result {
    /// Those that a snapshot can be made of, by room and user.
    var candidates: [MembershipCandidate] = []
    /// Those that have a snapshot of an older membership event.
    var stale: [MembershipKey] = []
  }

  /// Reads memberships whose snapshot is missing or of an older membership event, after their rooms were locked.
  ///
  /// On PostgreSQL it waits for whoever is forgetting one of the rooms just now, without a lock on the room, and holds
  /// off others: what is read of a row that was waited for is what they wrote.
  ///
  /// - Parameters:
  ///   - keys: the memberships; those that have their snapshot by now are left out.
  ///   - versions: the versions of the rooms.
  ///   - skips: counts those that can have none.
  static func read(
    _ keys: [MembershipKey], in versions: [String: String?], on connection: Connection,
    skips: inout SkipCounter
  ) throws -> Result {
    var rows = try rows(of: keys, on: connection, locking: connection.engine == .postgres)
    if connection.engine == .postgres, rows.count < keys.count {
      // Only a row that is there can be locked.
      let locked = Set(try rows.map(key))
      rows += try Self.rows(of: keys.filter { !locked.contains($0) }, on: connection, locking: false)
      rows = try rows.map { (try key($0), $0) }.sorted { $0.0 < $1.0 }.map(\.1)
    }
    var result = Result()
    for row in rows {
      switch try row.integer(11) {
      case 0: break
      case 1: result.stale.append(try key(row))
      default: continue
      }
      switch try parse(row, version: versions[try row.text(0)] ?? nil) {
      case .success(let candidate):
        if try row.boolean(10) { skips.count(.forgottenMissing) }
        result.candidates.append(candidate)
      case .failure(let refusal): skips.count(refusal.reason)
      }
    }
    return result
  }

  /// - Parameter locking: leaves out those that `room_memberships` lacks, and locks its rows.
  private static func rows(
    of keys: [MembershipKey], on connection: Connection, locking: Bool
  ) throws -> [Row] {
    let membership = connection.lookUp(
      "local_current_membership", as: "c", "user_id", equals: "k.user_id", where: "c.room_id = k.room_id")
    let stored = connection.lookUp(
      "room_memberships", as: "m", "event_id", equals: "c.event_id", isOptional: !locking)
    let event = connection.lookUp("events", as: "e", "event_id", equals: "c.event_id", isOptional: true)
    return try connection.query(over: .memberships(keys)) { source in
      """
      SELECT c.room_id, c.user_id, c.event_id, c.membership, e.event_id IS NOT NULL, e.stream_ordering,
        COALESCE(e.sender, m.sender), e.instance_name, e.outlier, m.forgotten,
        m.event_id IS NOT NULL AND m.forgotten IS NULL,
        CASE WHEN s.room_id IS NULL THEN 0
          WHEN s.membership_event_id <> c.event_id AND e.event_id IS NOT NULL THEN 1 ELSE 2 END
      FROM \(source)
      \(membership)
      \(stored)
      \(event)
      \(SlidingSyncTable.snapshot(of: "c", on: connection))
      ORDER BY c.room_id, c.user_id \(locking ? "FOR SHARE OF m" : "")
      """
    }
  }

  private static func key(_ row: Row) throws -> MembershipKey {
    MembershipKey(roomID: try row.text(0), userID: try row.text(1))
  }

  private struct Refusal: Error {
    let reason: SkipReason
  }

  private static func parse(
    _ row: Row, version: String?
  ) throws -> Swift.Result<MembershipCandidate, Refusal> {
    guard try row.boolean(4), let eventID = row[2].text else {
      return .failure(Refusal(reason: .membershipEventMissing))
    }
    guard let membership = row[3].text.flatMap(Membership.init(rawValue:)) else {
      return .failure(Refusal(reason: .unknownMembership))
    }
    if let version, RoomVersion.eventFormat(of: version) == nil {
      return .failure(Refusal(reason: .unknownRoomVersion))
    }
    guard let position = row[5].integer, let sender = row[6].text else {
      return .failure(Refusal(reason: .membershipEventIncomplete))
    }
    let instance = row[7].text ?? ""
    return .success(
      MembershipCandidate(
        key: try key(row), eventID: EventID(eventID), membership: membership, position: position,
        sender: sender, instanceName: instance.isEmpty ? "master" : instance,
        isOutlier: try row.boolean(8), forgotten: row[9].integer ?? 0))
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
