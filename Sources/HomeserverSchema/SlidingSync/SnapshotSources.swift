import GradusSQL

/// Where the room values of a batch's snapshots come from, and the events read for them.
struct SnapshotSources {
  private struct Invitation {
    let eventID: EventID
    let membership: Membership
  }

  private enum Source {
    case currentState
    case stateAfterEvent
    case strippedState
  }

  private let current: CurrentRooms
  private let after: [EventID: StateIDs]
  private var invitations: [EventID: Invitation]
  private let read: EventReader.Result

  /// Finds and reads all that the snapshots of a batch need.
  ///
  /// - Parameters:
  ///   - versions: the versions of the rooms that exist.
  ///   - current: what has been read of the rooms.
  init(
    _ candidates: [MembershipCandidate], in versions: [String: String?], _ current: consuming CurrentRooms,
    on connection: Connection, skips: inout SkipCounter
  ) throws {
    let bySource = Dictionary(grouping: candidates, by: Self.source)
    let stripped = bySource[.strippedState] ?? []
    try current.read(
      Set((bySource[.currentState] ?? []).map(\.key.roomID)), in: versions, on: connection, skips: &skips)
    self.current = current
    after = try StateReader.after(Set((bySource[.stateAfterEvent] ?? []).map(\.eventID)), on: connection)
    invitations = try Self.earlierInvitations(
      of: stripped.filter { !$0.membership.isInvitation }, on: connection)
    for candidate in stripped where candidate.membership.isInvitation {
      invitations[candidate.eventID] = Invitation(
        eventID: candidate.eventID, membership: candidate.membership)
    }
    var ids = Set(invitations.values.map(\.eventID))
    for state in after.values { ids.formUnion(state.values) }
    read = try EventReader.read(ids, on: connection, skips: &skips)
  }

  /// What the snapshot of a membership says of its room.
  ///
  /// - Returns: nil where there is to be no snapshot.
  func describe(_ candidate: MembershipCandidate, skips: inout SkipCounter) -> SnapshotRoom? {
    switch Self.source(of: candidate) {
    case .currentState:
      return current.describe(candidate.key.roomID, skips: &skips)
    case .stateAfterEvent:
      guard let ids = after[candidate.eventID] else {
        skips.count(.noStateGroup)
        return .unknown
      }
      return SnapshotRoom(ReadableState(ids, in: read), skips: &skips)
    case .strippedState:
      guard let invitation = invitations[candidate.eventID] else { return .unknown }
      guard let event = read.events[invitation.eventID] else {
        skips.count(.inviteUnreadable)
        return .unknown
      }
      let state = StrippedState(of: event.body, membership: invitation.membership)
      return SnapshotRoom(values: state.values(skips: &skips), hasKnownState: state.isKnown)
    }
  }

  private static func source(of candidate: MembershipCandidate) -> Source {
    switch candidate.membership {
    case .join: .currentState
    case .invite, .knock: .strippedState
    case .leave, .ban: candidate.isOutlier ? .strippedState : .stateAfterEvent
    }
  }

  /// The invites and knocks that were refused, withdrawn or banned from afar: of each user's in the room the
  /// deepest.
  private static func earlierInvitations(
    of candidates: [MembershipCandidate], on connection: Connection
  ) throws -> [EventID: Invitation] {
    let table = BatchTable(
      columns: [("room_id", .text), ("user_id", .text), ("event_id", .text)],
      rows: candidates.map { [.text($0.key.roomID), .text($0.key.userID), .text($0.eventID.text)] })
    let invitation = connection.lookUp(
      "room_memberships", as: "m", "event_id", equals: "p.invitation", reading: ["event_id", "membership"])
    let rows = try connection.query(over: table) { source in
      """
      SELECT p.event_id, m.event_id, m.membership
      FROM (
        SELECT k.event_id, (
          SELECT i.event_id
          FROM room_memberships i
          JOIN events e ON e.event_id = i.event_id AND e.room_id = i.room_id
          WHERE i.room_id = k.room_id AND i.user_id = k.user_id AND i.membership IN ('invite', 'knock')
            AND i.event_id <> k.event_id
          ORDER BY e.topological_ordering DESC, e.stream_ordering DESC NULLS LAST LIMIT 1
        ) AS invitation
        FROM \(source)
      ) AS p
      \(invitation)
      """
    }
    var invitations: [EventID: Invitation] = [:]
    for row in rows {
      guard let membership = Membership(rawValue: try row.text(2)), let event = row[1].text else { continue }
      invitations[EventID(try row.text(0))] = Invitation(eventID: EventID(event), membership: membership)
    }
    return invitations
  }
}

extension Membership {
  /// Whether an event of this membership carries stripped state.
  fileprivate var isInvitation: Bool { self == .invite || self == .knock }
}
