import GradusSQL

/// Where the room values of a batch's snapshots come from, and the events read for them.
struct SnapshotSources {
  /// What a snapshot says of its room.
  struct Description {
    var values: RoomValues
    var hasKnownState: Bool

    /// Nothing is known of the room.
    static var unknown: Description { Description(values: .unknown, hasKnownState: false) }
  }

  private struct Invitation {
    let eventID: String
    let membership: Membership
  }

  private enum Source {
    case currentState
    case stateAfterEvent
    case strippedState
  }

  private let current: [String: StateIDs]
  private let after: [String: StateIDs]
  private var invitations: [String: Invitation]
  private let read: EventReader.Result

  /// Finds and reads all that the snapshots of a batch need.
  init(
    _ candidates: [MembershipCandidate], reader: EventReader, on connection: Connection,
    skips: inout SkipCounter
  ) throws {
    let bySource = Dictionary(grouping: candidates, by: Self.source)
    let stripped = bySource[.strippedState] ?? []
    current = try StateReader.current(
      of: Set((bySource[.currentState] ?? []).map(\.key.roomID)), on: connection)
    after = try StateReader.after(Set((bySource[.stateAfterEvent] ?? []).map(\.eventID)), on: connection)
    invitations = try Self.earlierInvitations(
      of: stripped.filter { !$0.membership.isInvitation }, on: connection)
    for candidate in stripped where candidate.membership.isInvitation {
      invitations[candidate.eventID] = Invitation(
        eventID: candidate.eventID, membership: candidate.membership)
    }
    var ids = Set(invitations.values.map(\.eventID))
    for state in current.values { ids.formUnion(state.values) }
    for state in after.values { ids.formUnion(state.values) }
    read = try reader.read(ids, on: connection, skips: &skips)
  }

  /// What the snapshot of a membership says of its room.
  ///
  /// - Returns: nil where there is to be no snapshot.
  func describe(_ candidate: MembershipCandidate, skips: inout SkipCounter) -> Description? {
    switch Self.source(of: candidate) {
    case .currentState:
      guard let ids = current[candidate.key.roomID] else { return .unknown }
      return describe(ids, skips: &skips)
    case .stateAfterEvent:
      guard let ids = after[candidate.eventID] else {
        skips.count(.noStateGroup)
        return .unknown
      }
      return describe(ids, skips: &skips)
    case .strippedState:
      guard let invitation = invitations[candidate.eventID] else { return .unknown }
      guard let event = read.events[invitation.eventID] else {
        skips.count(.inviteUnreadable)
        return .unknown
      }
      let state = StrippedState(of: event, membership: invitation.membership)
      return Description(values: state.values(skips: &skips), hasKnownState: state.isKnown)
    }
  }

  private func describe(_ ids: StateIDs, skips: inout SkipCounter) -> Description? {
    switch ReadableState(ids, in: read) {
    case .events(let events):
      return Description(values: RoomValues(events, skips: &skips), hasKnownState: true)
    case .none:
      skips.count(.noReadableState)
      return nil
    case .unreadable(let reason):
      skips.count(reason)
      return nil
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
  ) throws -> [String: Invitation] {
    let table = BatchTable(
      columns: [("room_id", .text), ("user_id", .text), ("event_id", .text)],
      rows: candidates.map { [.text($0.key.roomID), .text($0.key.userID), .text($0.eventID)] })
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
          ORDER BY e.topological_ordering DESC, e.stream_ordering DESC LIMIT 1
        ) AS invitation
        FROM \(source)
      ) AS p
      JOIN room_memberships m ON m.event_id = p.invitation
      """
    }
    var invitations: [String: Invitation] = [:]
    for row in rows {
      guard let membership = Membership(rawValue: try row.text(2)) else { continue }
      invitations[try row.text(0)] = Invitation(eventID: try row.text(1), membership: membership)
    }
    return invitations
  }
}

extension Membership {
  /// Whether an event of this membership carries stripped state.
  fileprivate var isInvitation: Bool { self == .invite || self == .knock }
}
