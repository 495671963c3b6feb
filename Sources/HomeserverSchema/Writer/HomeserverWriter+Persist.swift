import Gradus
import GradusJSON
import GradusSQL

extension HomeserverWriter {
  /// A room as far as sending into it needs.
  struct RoomHead {
    var roomID: String
    var version: String
    var creator: String?
  }

  /// What a batch of events changes in a room's current state.
  struct StateDelta {
    var inserted: [StateKey: String] = [:]
    /// What is gone, by a state reset.
    var removed: Set<StateKey> = []
    /// The last local user has left.
    var leavesRoom = false
  }

  /// Locks the room as every write of the homeserver does, and reads what sending needs.
  ///
  /// A version that keeps derived rows waits for all other writers of the room: an older one that has not committed yet
  /// may have changed state which a derived row written now would not reflect.
  ///
  /// - Parameter removesRoom: whether all of the room goes: then nobody may come to refer to it either.
  func open(_ roomID: String, removesRoom: Bool = false, on connection: Connection) throws -> RoomHead {
    precondition(connection.isInTransaction, "events are stored in a transaction")
    try PositionAllocator.prepare(on: connection)
    let lock =
      switch connection.engine {
      case .postgres: removesRoom ? "FOR UPDATE" : keepsSlidingSync ? "FOR NO KEY UPDATE" : "FOR SHARE"
      case .sqlite: ""
      }
    let sql = "SELECT room_version, creator FROM rooms WHERE room_id = $1 \(lock)"
    guard let row = try connection.queryRow(sql, [.text(roomID)]) else {
      throw HomeserverError(.roomMissing, "there is no room \(roomID)")
    }
    return RoomHead(roomID: roomID, version: row[0].text ?? "1", creator: row[1].text)
  }

  /// Stores events of one room, in order, as one batch.
  ///
  /// - Parameters:
  ///   - remoteState: further state that becomes current with this batch, of a remote join.
  ///   - reset: what a state reset changes with this batch.
  /// - Returns: the events' ids.
  @discardableResult
  func persist(
    _ drafts: [EventDraft], in room: RoomHead, remoteState: [StateKey: String] = [:],
    reset: StateDelta = StateDelta(), on connection: Connection
  ) throws -> [String] {
    try announced(on: connection) {
      try store(drafts, in: room, remoteState: remoteState, reset: reset, on: connection)
    }
  }

  /// Runs writes of guarded tables as those of this version, where it keeps the rows that the guards guard.
  @discardableResult
  func announced<R>(on connection: Connection, _ body: () throws -> R) throws -> R {
    guard keepsSlidingSync else { return try body() }
    return try connection.writing(asVersion: version.rawValue, body)
  }

  private func store(
    _ drafts: [EventDraft], in room: RoomHead, remoteState: [StateKey: String], reset: StateDelta,
    on connection: Connection
  ) throws -> [String] {
    let previous = try newestEvent(of: room.roomID, on: connection)
    var depth = previous?.depth ?? 0
    var events: [PlacedEvent] = []
    for draft in drafts {
      // Another server may have sent an event of the greatest depth, which all that follow then have.
      depth += depth < .max ? 1 : 0
      let stream: PositionAllocator.Stream = draft.arrival == .remoteState ? .remoteState : .events
      var position = try PositionAllocator.next(stream, on: connection)
      // Without a sequence the next number is known only once the one before is stored, so a batch counts on itself.
      if let last = events.last, position == events.first?.position {
        position = last.position + (stream == .remoteState ? -1 : 1)
      }
      let id = EventText.eventID(position: position, roomVersion: room.version, serverName: serverName)
      events.append(PlacedEvent(draft: draft, eventID: id, position: position, depth: depth))
    }
    let delta = try delta(
      of: events, remoteState: remoteState, reset: reset, in: room.roomID, on: connection)
    let plan = keepsSlidingSync ? try plan(delta, events, in: room.roomID, on: connection) : nil

    for (index, event) in events.enumerated() {
      let before = index > 0 ? events[index - 1].eventID : previous?.eventID
      try store(event, previous: before, in: room, on: connection)
    }
    try storeStateGroups(
      events, after: previous, remoteState: remoteState, reset: reset, in: room.roomID, on: connection)
    for event in events where event.draft.rejectionReason == nil {
      try storeMembership(event, in: room.roomID, on: connection)
    }
    try apply(delta, events, in: room.roomID, on: connection)
    if let plan { try apply(plan, events, in: room.roomID, on: connection) }
    return events.map(\.eventID)
  }

  /// The newest event that others refer to as their predecessor.
  struct NewestEvent {
    var eventID: String
    var depth: Int64
    var stateGroup: Int64?
  }

  private func newestEvent(of roomID: String, on connection: Connection) throws -> NewestEvent? {
    func newest(_ condition: String = "") throws -> Row? {
      try connection.queryRow(
        """
        SELECT e.event_id, e.depth, g.state_group
        FROM events e
        LEFT JOIN event_to_state_groups g ON g.event_id = e.event_id
        WHERE e.room_id = $1 AND e.stream_ordering IS NOT NULL AND NOT e.outlier AND e.rejection_reason IS NULL
          \(condition)
        ORDER BY e.stream_ordering DESC
        LIMIT 1
        """, [.text(roomID)])
    }
    var row = try newest()
    // Asked for only where it is needed: the query is one that later schemas are checked against.
    if let found = row, found[0].text == nil {
      row = try newest("AND \(connection.areTexts("e.event_id"))")
    }
    return try row.map {
      NewestEvent(eventID: try $0.text(0), depth: try $0.integer(1), stateGroup: $0[2].integer)
    }
  }

  private func store(
    _ event: PlacedEvent, previous: String?, in room: RoomHead, on connection: Connection
  ) throws {
    let draft = event.draft
    let id = SQLValue.text(event.eventID)
    let roomID = SQLValue.text(room.roomID)
    let timestamp = EventText.timestamp(position: event.position)
    let hasURL = draft.content["url"]?.string != nil
    try connection.execute(
      """
      INSERT INTO events (
        stream_ordering, topological_ordering, depth, event_id, type, room_id, processed, outlier,
        origin_server_ts, received_ts, sender, contains_url, instance_name, state_key, rejection_reason
      )
      VALUES ($1, $2, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10, $11, $12, $13)
      """,
      [
        .integer(event.position), .integer(event.depth), id, .text(draft.type), roomID, .boolean(true),
        .boolean(draft.isOutlier), .integer(timestamp), .text(draft.sender), .boolean(hasURL),
        .text(instanceName), SQLValue(draft.stateKey), SQLValue(draft.rejectionReason),
      ])
    let json = JSONValue.object(
      EventText.json(
        event, roomID: room.roomID, roomVersion: room.version, serverName: serverName, previous: previous))
    let metadata = draft.arrival == .outOfBand ? #"{"out_of_band_membership":true}"# : "{}"
    try connection.execute(
      "INSERT INTO event_json (event_id, room_id, internal_metadata, json, format_version) VALUES ($1, $2, $3, $4, $5)",
      [
        id, roomID, .text(metadata), .text(String(decoding: json.compact, as: UTF8.self)),
        .integer(EventText.format(roomVersion: room.version)),
      ])
    if let stateKey = draft.stateKey {
      try connection.execute(
        "INSERT INTO state_events (event_id, room_id, type, state_key) VALUES ($1, $2, $3, $4)",
        [id, roomID, .text(draft.type), .text(stateKey)])
    }
    if let reason = draft.rejectionReason {
      try connection.execute(
        "INSERT INTO rejections (event_id, reason, last_check) VALUES ($1, $2, $3)",
        [id, .text(reason), .text(String(timestamp))])
    }
    if let redacts = draft.redacts, draft.rejectionReason == nil {
      try connection.execute(
        "INSERT INTO redactions (event_id, redacts, received_ts) VALUES ($1, $2, $3)",
        [id, .text(redacts), .integer(timestamp)])
    }
  }
}
