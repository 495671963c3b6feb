import GradusSQL

/// A membership that a user's list shows.
struct ListedMembership {
  private let candidate: MembershipCandidate
  /// Nil where the database does not know it.
  private let roomVersion: String?

  var roomID: String { candidate.key.roomID }

  /// A user's memberships, the newest first. Rooms of unknown versions are left out, and so are memberships that are
  /// incomplete or none that there is.
  static func read(of user: String, on connection: Connection) throws -> [ListedMembership] {
    let rows = try connection.query(
      """
      SELECT c.room_id, c.event_id, c.membership, e.stream_ordering, COALESCE(e.sender, m.sender),
        COALESCE(NULLIF(e.instance_name, ''), 'master'), e.outlier, r.room_version
      FROM local_current_membership c
      JOIN events e ON e.event_id = c.event_id
      LEFT JOIN room_memberships m ON m.event_id = c.event_id
      LEFT JOIN rooms r ON r.room_id = c.room_id
      WHERE c.user_id = $1 AND COALESCE(m.forgotten, 0) = 0 AND c.membership IN (\(Membership.sqlList))
        AND e.stream_ordering IS NOT NULL AND COALESCE(e.sender, m.sender) IS NOT NULL
        AND NOT (c.membership = 'leave' AND COALESCE(e.sender, m.sender) = c.user_id)
      ORDER BY e.stream_ordering DESC
      """, [.text(user)])
    return try rows.compactMap { row in
      let version = row[7].text
      guard let membership = Membership(rawValue: try row.text(2)), let roomID = row[0].text,
        let eventID = row[1].text, let sender = row[4].text,
        version.map({ RoomVersion.eventFormat(of: $0) != nil }) ?? true
      else { return nil }
      let candidate = MembershipCandidate(
        key: MembershipKey(roomID: roomID, userID: user), eventID: EventID(eventID),
        membership: membership, position: try row.integer(3), sender: sender,
        instanceName: row[5].text ?? "master", isOutlier: try row.boolean(6), forgotten: 0)
      return ListedMembership(candidate: candidate, roomVersion: version)
    }
  }

  /// What the events say, read as for a snapshot.
  ///
  /// - Returns: the list's entry, and whether there is a derived row of each kind once all updates are done.
  func readEvents(on connection: Connection) throws -> (entry: RoomListEntry, hasRows: Bool) {
    let room = try room(on: connection)
    let values = room?.values ?? .unknown
    var entry = RoomListEntry(
      roomID: roomID, membership: candidate.membership.rawValue, membershipPosition: candidate.position,
      roomType: values.roomType.orDefault(nil), roomName: values.roomName.orDefault(nil),
      isEncrypted: values.isEncrypted.orDefault(false),
      tombstoneSuccessor: values.tombstoneSuccessor.orDefault(nil), source: .events)
    guard candidate.membership == .join else { return (entry, room != nil) }
    let positions = try RoomPositions.read(of: [roomID], on: connection)[roomID]
    entry.bumpStamp = positions?.bump
    // Live writers make no row of a state of which no column can hold anything.
    return (entry, room?.hasKnownState == true && !values.known.isEmpty && positions != nil)
  }

  /// What a snapshot would say of the room; nil where there would be none.
  private func room(on connection: Connection) throws -> SnapshotRoom? {
    var ignored = SkipCounter()
    guard candidate.membership == .join else {
      return try SnapshotSources(
        [candidate], in: [roomID: roomVersion], CurrentRooms(), on: connection, skips: &ignored
      ).describe(candidate, skips: &ignored)
    }
    let state = try StateReader.current(of: roomID, on: connection)
    guard !state.isEmpty else { return .unknown }
    let events = try EventReader.read(Set(state.values), on: connection, skips: &ignored)
    return SnapshotRoom(ReadableState(state, in: events), skips: &ignored)
  }
}
