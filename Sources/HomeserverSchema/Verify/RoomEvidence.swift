import GradusJSON
import GradusSQL

/// All that the base tables say about one room and its derived rows.
///
/// Ids are keys by their code points, as in the databases: Swift takes composed and decomposed letters for equal.
final class RoomEvidence {
  /// What stands for an event whose id is bytes, no text: no event has it, so that it is one that is not there.
  static let noEvent = ""

  let roomID: String
  /// Whether its state refers to an event by an id that is bytes: nobody can say what its rows may hold.
  var isPassedOver = false
  /// How many memberships have an id that is bytes.
  var usersPassedOver = 0
  /// Nil where `rooms` has no row or no version.
  var version: String?
  /// Whether `current_state_events` has any row: the server is in the room.
  var isServerIn = false
  /// The events of the current relevant state by type.
  var currentState: [String: String] = [:]
  /// The changes of the relevant state in stream order.
  var changes: [StateChange] = []
  /// The relevant state events by id, those without use left out.
  var stateEvents: [JSONText: StateEvent] = [:]

  /// The newest accepted event, and the newest that bumps.
  var position: Int64?
  var bumpStamp: Int64?
  /// The outliers and rejected events.
  var otherPositions: [(position: Int64, bumps: Bool)] = []

  /// The member events of each local user in stream order.
  var memberEvents: [JSONText: [MemberEvent]] = [:]
  /// The membership event that each local user has now.
  var memberships: [JSONText: String] = [:]
  /// The relevant state after a leave or ban, by the member event: event ids by type.
  var statesAfter: [JSONText: [String: String]] = [:]

  var joinedRow: Row?
  var snapshots: [JSONText: Row] = [:]

  init(roomID: String) { self.roomID = roomID }

  /// A change of the room's relevant state.
  struct StateChange {
    var position: Int64
    var type: String
    /// Nil where the state is gone: the server has left, or the state was reset.
    var eventID: String?
  }

  /// A state event that readers can read.
  struct StateEvent {
    var type: String
    var content: JSONObject
    /// When it was redacted, if it was.
    var redaction: RedactionEvidence?
  }

  /// A membership of a local user, by an event that was not rejected.
  struct MemberEvent {
    var eventID: String
    var sender: String?
    var membership: String
    var forgotten: Int64
    /// The lowest of all where it has none.
    var position: Int64
    var depth: Int64
    var isOutlier: Bool
    var instance: String
    /// The stripped state's elements, of an invite or knock; nil for none.
    var strippedState: [JSONValue]?
    var redaction: RedactionEvidence?

    /// Whether there is all that a row needs of it.
    var isComplete: Bool { position > .min && sender != nil }
  }

  /// Whether the room is left alone by everybody.
  var isOfUnknownVersion: Bool { version.map { EventFormat.of[$0] == nil } ?? false }

  /// A moment at which somebody reads the room's events.
  struct Moment {
    var position: Int64
    /// Whether redactions of which nobody knows when they came have come.
    var seesUndatedRedactions = false
  }

  /// The ways in which readers may have seen the room at a position.
  func moments(at position: Int64) -> [Moment] {
    let hasUndated = stateEvents.values.contains { $0.redaction?.isUndated == true }
    return [Moment(position: position)]
      + (hasUndated ? [Moment(position: position, seesUndatedRedactions: true)] : [])
  }

  /// The room's relevant state after all changes up to a position.
  ///
  /// - Parameter includesLosses: whether state that is gone at this very position counts as gone.
  func state(at position: Int64, includesLosses: Bool) -> [String: String] {
    var state: [String: String] = [:]
    for change in changes where change.position <= position {
      if change.eventID == nil, change.position == position, !includesLosses { continue }
      state[change.type] = change.eventID
    }
    return state
  }

  /// What a state says, as readers see it at a moment; nil where there are events but none can be read.
  func columns(of state: [String: String], at moment: Moment) -> StateColumns? {
    let events = state.values.compactMap { stateEvents[JSONText($0)] }
    if events.isEmpty && !state.isEmpty { return nil }
    var columns: StateColumns = [.hasKnownState: .boolean(!state.isEmpty)]
    for event in events {
      let isRedacted = event.redaction?.applies(at: moment) ?? false
      for (column, value) in event.values(isRedacted: isRedacted) {
        if case .value(let value) = value { columns[column] = value }
      }
    }
    return columns
  }
}

extension RoomEvidence.StateEvent {
  /// What the event says about its column.
  func values(isRedacted: Bool) -> [(StateColumn, StateValue)] {
    StateColumn.ofEvents.filter { $0.eventType == type }.map {
      ($0, $0.value(in: isRedacted ? JSONObject() : content))
    }
  }
}
