package import GradusSQL

extension HomeserverWriter {
  /// A piece of a room's current state that a state reset takes back.
  package enum Resettable: Sendable, Hashable {
    /// The room's name, encryption or tombstone, by event type.
    case state(String)
    /// A local user's membership, which is then unknown.
    case membership(String)

    var key: StateKey {
      switch self {
      case .state(let type): StateKey(type: type, key: "")
      case .membership(let user): StateKey(type: "m.room.member", key: user)
      }
    }
  }

  /// Sends a message with which the servers of a room agree on another state than this one had: a piece of it is what it
  /// was before, or is gone.
  ///
  /// - Parameters:
  ///   - connection: a connection with an open transaction.
  ///   - room: the room.
  ///   - sender: the message's sender.
  ///   - piece: what is taken back; nothing happens to what the room does not have.
  ///   - isGone: whether it is gone rather than what it was before. A membership always is.
  /// - Returns: the message's id.
  /// - Throws: `HomeserverError`, `SQLError`.
  @discardableResult
  package func resetState(
    _ connection: Connection, room: String, sender: String, _ piece: Resettable, isGone: Bool
  ) throws -> String {
    let head = try open(room, on: connection)
    guard try isInRoom(room, on: connection) else {
      throw HomeserverError(.notInRoom, "the server is not in room \(room)")
    }
    let draft = EventDraft(
      type: "m.room.message", sender: sender, content: ["msgtype": "m.text", "body": "Hello"])
    var delta = StateDelta()
    let key = piece.key
    if let current = try currentEvent(key, in: room, on: connection) {
      let before =
        isGone || key.type == "m.room.member"
        ? nil : try event(before: current, key, in: room, on: connection)
      if let before { delta.inserted[key] = before } else { delta.removed.insert(key) }
    }
    return try persist([draft], in: head, reset: delta, on: connection)[0]
  }

  private func currentEvent(_ key: StateKey, in room: String, on connection: Connection) throws -> String? {
    try connection.queryRow(
      "SELECT event_id FROM current_state_events WHERE room_id = $1 AND type = $2 AND state_key = $3",
      [.text(room), .text(key.type), .text(key.key)])?[0].text
  }

  private func event(
    before event: String, _ key: StateKey, in room: String, on connection: Connection
  ) throws -> String? {
    try connection.queryRow(
      """
      SELECT e.event_id FROM events e
      WHERE e.room_id = $1 AND e.type = $2 AND e.state_key = $3 AND e.rejection_reason IS NULL AND NOT e.outlier
        AND e.stream_ordering < (SELECT c.stream_ordering FROM events c WHERE c.event_id = $4)
      ORDER BY e.stream_ordering DESC
      LIMIT 1
      """, [.text(room), .text(key.type), .text(key.key), .text(event)])?[0].text
  }
}
