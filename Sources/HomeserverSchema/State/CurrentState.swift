import GradusSQL

/// Reads what the current state of rooms says, for a whole batch at once.
///
/// One query finds the events and reads them. What is not as it usually is, above all what may be redacted, is left to
/// `EventReader`, which knows all cases.
enum CurrentState {
  /// Reads the state events of some types with the empty state key, as every reader of the homeserver is given them.
  ///
  /// - Parameters:
  ///   - kinds: the types.
  ///   - rooms: the rooms.
  ///   - versions: the versions of the rooms that exist.
  ///   - skips: counts the events that exist and cannot be read.
  /// - Returns: the state of the rooms that have such an event, readable or not.
  static func read<Kind: RawRepresentable<String> & Hashable>(
    _ kinds: some Sequence<Kind>, of rooms: some Sequence<String>, in versions: [String: String?],
    on connection: Connection, skips: inout SkipCounter
  ) throws -> [String: RoomState<Kind>] {
    let query = try query(kinds.map(\.rawValue), on: connection)
    // Reading JSON takes as long as finding it, and one event knows nothing of another.
    let found = try connection.query(over: .texts("room_id", rooms), [], query)
      .concurrentMap { try StateEvent($0, in: versions) }
    var states: [String: RoomState<Kind>] = [:]
    var unusual: [(room: String, kind: Kind, event: String)] = []
    for found in found {
      guard let kind = Kind(rawValue: found.type) else { continue }
      if let reading = found.reading {
        states[found.roomID, default: RoomState()].add(reading, as: kind, skips: &skips)
      } else {
        states[found.roomID, default: RoomState()].add(.nothing(nil), as: kind, skips: &skips)
        unusual.append((found.roomID, kind, found.eventID))
      }
    }
    let read = try EventReader.read(Set(unusual.map(\.event)), on: connection, skips: &skips)
    for (room, kind, event) in unusual {
      if let failure = read.failures[event] { states[room]?.failure = failure }
      if let event = read.events[event] { states[room]?.events[kind] = event }
    }
    return states
  }

  /// One row of the query.
  private struct StateEvent: Sendable {
    let roomID: String
    let type: String
    let eventID: String
    /// Nil where the event is not as usual.
    let reading: EventRow.Reading?

    init(_ row: Row, in versions: [String: String?]) throws {
      (roomID, type, eventID) = (try row.text(0), try row.text(1), try row.text(2))
      guard row[3].boolean ?? false else {
        reading = nil
        return
      }
      reading = EventRow(
        eventID: eventID, roomID: roomID, type: type, sender: row[4].text, json: try row.text(5),
        metadata: try row.text(6), format: row[7].integer ?? 1, storedVersion: versions[roomID] ?? nil,
        isRejected: try row.boolean(8)
      ).reading()
    }
  }

  /// The query over rooms `k`. Its fourth column says whether an event is as usual: there, of the room and the type that
  /// the state says, and with nothing that may redact it.
  private static func query(
    _ types: [String], on connection: Connection
  ) throws -> (_ source: String) -> String {
    let types = types.map { "'\($0)'" }.sorted().joined(separator: ", ")
    let capabilities = try RedactionCapabilities(connection)
    let bans =
      capabilities.hasRoomBans
      ? """
      AND NOT EXISTS (SELECT 1 FROM room_ban_redactions b WHERE b.room_id = e.room_id AND b.user_id = e.sender)
      """ : ""
    func lookUp(_ table: String, _ alias: String) -> String {
      connection.lookUp(table, as: alias, "event_id", equals: "c.event_id", isOptional: true)
    }
    let state = connection.lookUp(
      "current_state_events", as: "c", "room_id", equals: "k.room_id",
      where: "c.type IN (\(types)) AND c.state_key = ''")
    return { source in
      """
      SELECT c.room_id, c.type, c.event_id,
        e.room_id = c.room_id AND e.type = c.type AND j.event_id IS NOT NULL
          AND (SELECT r.event_id FROM redactions r WHERE r.redacts = c.event_id LIMIT 1) IS NULL \(bans),
        e.sender, j.json, j.internal_metadata, j.format_version, x.event_id IS NOT NULL
      FROM \(source)
      \(state)
      \(lookUp("events", "e"))
      \(lookUp("event_json", "j"))
      \(lookUp("rejections", "x"))
      """
    }
  }
}

extension RoomState {
  fileprivate mutating func add(_ reading: EventRow.Reading, as kind: Kind, skips: inout SkipCounter) {
    switch reading {
    case .event(let event): events[kind] = event
    case .nothing(let reason): reason.map { skips.count($0) }
    case .failure(let reason): failure = reason
    }
  }
}
