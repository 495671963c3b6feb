import GradusJSON
import GradusSQL

extension HomeserverWriter {
  /// What a batch changes in the current state, found before anything is stored.
  func delta(
    of events: [PlacedEvent], remoteState: [StateKey: String], reset: StateDelta, in roomID: String,
    on connection: Connection
  ) throws -> StateDelta {
    var delta = reset
    delta.inserted.merge(remoteState) { $1 }
    // By code points; nil where a reset has taken the membership away.
    var localMemberships: [JSONText: String?] = [:]
    for key in delta.removed where key.type == "m.room.member" && isLocal(key.key) {
      localMemberships[JSONText(key.key)] = .some(nil)
    }
    for event in events where event.draft.arrival == .timeline && event.draft.rejectionReason == nil {
      guard let key = event.draft.stateKey else { continue }
      delta.inserted[StateKey(type: event.draft.type, key: key)] = event.eventID
      if let (user, membership) = event.draft.membership, isLocal(user) {
        localMemberships[JSONText(user)] = membership
      }
    }
    guard !localMemberships.isEmpty, !localMemberships.values.contains("join") else { return delta }
    let joined = try connection.query(
      """
      SELECT state_key FROM current_state_events
      WHERE room_id = $1 AND type = 'm.room.member' AND membership = 'join'
      """, [.text(roomID)])
    delta.leavesRoom = !joined.contains { row in
      // Bytes are nobody's id.
      guard let user = row[0].text else { return false }
      return isLocal(user) && !localMemberships.keys.contains(JSONText(user))
    }
    return delta
  }

  /// Writes the current state, its stream of changes and the local memberships.
  func apply(
    _ delta: StateDelta, _ events: [PlacedEvent], in roomID: String, on connection: Connection
  ) throws {
    guard !delta.inserted.isEmpty || !delta.removed.isEmpty, let streamID = events.map(\.position).max()
    else {
      return
    }
    let room = SQLValue.text(roomID)
    if delta.leavesRoom {
      try connection.execute(
        """
        INSERT INTO current_state_delta_stream
          (stream_id, room_id, type, state_key, event_id, prev_event_id, instance_name)
        SELECT $1, room_id, type, state_key, NULL, event_id, $2
        FROM current_state_events
        WHERE room_id = $3
        """, [.integer(streamID), .text(instanceName), room])
      try connection.execute("DELETE FROM current_state_events WHERE room_id = $1", [room])
    } else {
      for (key, eventID) in delta.inserted.sorted(by: {
        ($0.key.type, $0.key.key) < ($1.key.type, $1.key.key)
      }) {
        try setCurrent(key, eventID, streamID: streamID, in: roomID, on: connection)
      }
      for key in delta.removed { try removeCurrent(key, streamID: streamID, in: roomID, on: connection) }
    }
    for key in delta.removed where key.type == "m.room.member" && isLocal(key.key) {
      try connection.execute(
        "DELETE FROM local_current_membership WHERE room_id = $1 AND user_id = $2", [room, .text(key.key)])
    }
    for event in events {
      guard event.draft.arrival == .timeline, event.draft.rejectionReason == nil,
        let (user, _) = event.draft.membership, isLocal(user)
      else { continue }
      try setLocalMembership(event, in: roomID, on: connection)
    }
  }

  private func setCurrent(
    _ key: StateKey, _ eventID: String, streamID: Int64, in roomID: String, on connection: Connection
  ) throws {
    let place: [SQLValue] = [.text(roomID), .text(key.type), .text(key.key)]
    let old = try connection.queryRow(
      "SELECT event_id FROM current_state_events WHERE room_id = $1 AND type = $2 AND state_key = $3", place)
    try connection.execute(
      """
      INSERT INTO current_state_delta_stream
        (room_id, type, state_key, stream_id, event_id, prev_event_id, instance_name)
      VALUES ($1, $2, $3, $4, $5, $6, $7)
      """, place + [.integer(streamID), .text(eventID), old?[0] ?? .null, .text(instanceName)])
    if old != nil {
      try connection.execute(
        "DELETE FROM current_state_events WHERE room_id = $1 AND type = $2 AND state_key = $3", place)
    }
    try connection.execute(
      """
      INSERT INTO current_state_events
        (room_id, type, state_key, event_id, membership, event_stream_ordering)
      SELECT e.room_id, e.type, e.state_key, e.event_id, m.membership, e.stream_ordering
      FROM events e
      LEFT JOIN room_memberships m ON m.event_id = e.event_id
      WHERE e.event_id = $1
      """, [.text(eventID)])
  }

  private func removeCurrent(
    _ key: StateKey, streamID: Int64, in roomID: String, on connection: Connection
  ) throws {
    let place: [SQLValue] = [.text(roomID), .text(key.type), .text(key.key)]
    try connection.execute(
      """
      INSERT INTO current_state_delta_stream
        (stream_id, room_id, type, state_key, event_id, prev_event_id, instance_name)
      SELECT $4, room_id, type, state_key, NULL, event_id, $5
      FROM current_state_events
      WHERE room_id = $1 AND type = $2 AND state_key = $3
      """, place + [.integer(streamID), .text(instanceName)])
    try connection.execute(
      "DELETE FROM current_state_events WHERE room_id = $1 AND type = $2 AND state_key = $3", place)
  }

  /// Writes a member event's row of `room_memberships`, and for an out-of-band one the local membership.
  func storeMembership(_ event: PlacedEvent, in roomID: String, on connection: Connection) throws {
    guard let (user, membership) = event.draft.membership else { return }
    try connection.execute(
      """
      INSERT INTO room_memberships (
        event_id, user_id, sender, room_id, membership, forgotten, display_name, event_stream_ordering
      )
      VALUES ($1, $2, $3, $4, $5, 0, $6, $7)
      """,
      [
        .text(event.eventID), .text(user), .text(event.draft.sender), .text(roomID), .text(membership),
        SQLValue(event.draft.content["displayname"]?.string?.string), .integer(event.position),
      ])
    if event.draft.arrival == .outOfBand, isLocal(user) {
      try setLocalMembership(event, in: roomID, on: connection)
    }
  }

  private func setLocalMembership(_ event: PlacedEvent, in roomID: String, on connection: Connection) throws {
    guard let (user, membership) = event.draft.membership else { return }
    try connection.execute(
      """
      INSERT INTO local_current_membership (room_id, user_id, event_id, membership, event_stream_ordering)
      VALUES ($1, $2, $3, $4, $5)
      ON CONFLICT (user_id, room_id) DO UPDATE SET event_id = excluded.event_id,
        membership = excluded.membership, event_stream_ordering = excluded.event_stream_ordering
      """,
      [.text(roomID), .text(user), .text(event.eventID), .text(membership), .integer(event.position)])
  }
}
