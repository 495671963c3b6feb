import GradusJSON
import GradusSQL

/// What the state columns of a user's row in one room may hold.
///
/// There are two ways to a row. A background update computes it anew, at any moment while the membership lasts. A live
/// writer writes, with the membership, the room's state of that moment over the row that is there, where what the state
/// says nothing usable about stays as it was.
struct SnapshotPossibilities {
  let room: RoomEvidence
  let user: JSONText
  /// The user's memberships in stream order.
  let history: [RoomEvidence.MemberEvent]

  /// All that the row may hold after a membership, by either way.
  func all(_ index: Int) -> [StateColumns] {
    // From the first membership on; a row may be missing at any time, so each may start anew.
    var rows: Set<StateColumns> = []
    for index in 0...index {
      let before = rows.union([.defaults])
      rows = Set(writtenLive(index).flatMap { written in before.map { $0.overwritten(by: written) } })
      rows.formUnion(computed(index))
      // Without a state after the event nothing is known of the room, should there be a row at all.
      if !history[index].isOutlier, room.statesAfter[JSONText(history[index].eventID)] == nil,
        isOver(history[index])
      {
        rows.insert(.defaults)
      }
    }
    return Array(rows)
  }

  /// What a live writer may write with a membership.
  private func writtenLive(_ index: Int) -> [StateColumns] {
    let event = history[index]
    guard event.isOutlier else {
      // The state before the event with what came along with it, also where the server left the room by it.
      let state = room.state(at: event.position, includesLosses: false)
      if state.isEmpty { return [[:]] }
      return room.moments(at: event.position).map {
        room.columns(of: state, at: $0) ?? [.hasKnownState: .boolean(true)]
      }
    }
    return [event.membership == "leave" ? [:] : StrippedColumns(event.strippedState).columns]
  }

  /// What a background update computes while a membership lasts; empty where it computes nothing.
  func computed(_ index: Int) -> [StateColumns] {
    let event = history[index]
    let partial: [StateColumns]
    switch event.membership {
    case "join":
      partial = moments(of: index).compactMap { room.columns(of: currentState(at: $0.position), at: $0) }
    case "invite", "knock": partial = stripped(event)
    case "leave" where event.isOutlier, "ban" where event.isOutlier: partial = strippedBefore(event)
    case "leave", "ban":
      guard let state = room.statesAfter[JSONText(event.eventID)] else { return [] }
      partial = moments(of: index).compactMap { room.columns(of: state, at: $0) }
    default: partial = []
    }
    return partial.map { StateColumns.defaults.overwritten(by: $0) }
  }

  private func isOver(_ event: RoomEvidence.MemberEvent) -> Bool {
    event.membership == "leave" || event.membership == "ban"
  }

  private func currentState(at moment: Int64) -> [String: String] {
    room.state(at: moment, includesLosses: true)
  }

  /// The moments at which what readers see of the room's state may differ, from a membership to the next.
  private func moments(of index: Int) -> [RoomEvidence.Moment] {
    let start = history[index].position
    let end = index + 1 < history.count ? history[index + 1].position : .max
    let changes = room.changes.map(\.position) + room.stateEvents.values.compactMap { $0.redaction?.position }
    let positions = [start] + Set(changes.filter { $0 > start && $0 < end }).sorted()
    return positions.flatMap(room.moments)
  }

  private func stripped(_ event: RoomEvidence.MemberEvent) -> [StateColumns] {
    var columns = [StrippedColumns(event.strippedState).columns]
    // A redaction takes the stripped state away.
    if event.redaction != nil { columns.append(StrippedColumns(nil).columns) }
    return columns
  }

  /// Of the invite or knock that a leave from outside ended: the deepest one.
  private func strippedBefore(_ leave: RoomEvidence.MemberEvent) -> [StateColumns] {
    let events = (room.memberEvents[user] ?? []).filter {
      $0.eventID != leave.eventID && ["invite", "knock"].contains($0.membership)
    }
    guard let depth = events.map(\.depth).max() else { return [StrippedColumns(nil).columns] }
    return events.filter { $0.depth == depth }.flatMap(stripped)
  }
}
