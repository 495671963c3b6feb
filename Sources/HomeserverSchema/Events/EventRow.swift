import GradusSQL

/// What the database holds of an event.
struct EventRow: Sendable {
  let eventID: EventID
  let roomID: String
  let sender: String?
  let unparsed: UnparsedEvent

  /// The event with what it says.
  func event(_ body: EventBody) -> StoredEvent {
    StoredEvent(eventID: eventID, roomID: roomID, type: unparsed.type, sender: sender, body: body)
  }

  /// Reads events by their ids; those that do not exist are left out.
  ///
  /// - Parameters:
  ///   - ids: the events, in the order in which they are read where they are not locked.
  ///   - locking: keeps other writers off the JSON until the transaction ends, and waits for
  ///     those that are at it. SQLite has one writer at a time anyway.
  static func read(
    _ ids: [String], locking: Bool = false, on connection: Connection
  ) throws -> [EventRow] {
    // Locks are taken in one order, so that two that take them do not wait for each other: that of the ids as they are given,
    // as each row is locked when it is looked up, before any sorting.
    let isLocked = locking && connection.engine == .postgres
    let ids = isLocked ? ids.map { EventID($0) }.sorted().map(\.text) : ids
    let event = connection.lookUp(
      "events", as: "e", "event_id", equals: "k.event_id", reading: ["event_id", "room_id", "type", "sender"])
    let text = connection.lookUp(
      "event_json", as: "j", "event_id", equals: "k.event_id",
      reading: ["event_id", "json", "internal_metadata", "format_version"])
    let room = connection.lookUp(
      "rooms", as: "r", "room_id", equals: "e.room_id", isOptional: true, reading: ["room_version"])
    let rejection = connection.lookUp(
      "rejections", as: "x", "event_id", equals: "e.event_id", isOptional: true, reading: ["event_id"])
    let rows = try connection.query(over: .texts("event_id", ids)) { source in
      """
      SELECT e.event_id, e.room_id, e.type, e.sender, j.json, j.internal_metadata, j.format_version,
        r.room_version, x.event_id
      FROM \(source)
      \(event)
      \(text)
      \(room)
      \(rejection)
      \(isLocked ? "FOR NO KEY UPDATE OF j" : "")
      """
    }
    return try rows.map { row in
      EventRow(
        eventID: EventID(try row.text(0)), roomID: row.storedText(1) ?? "", sender: row[3].text,
        unparsed: UnparsedEvent(
          type: row.storedText(2) ?? "", json: row.storedText(4), metadata: row.storedText(5),
          format: row[6].integer ?? 1, storedVersion: row[7].text, isRejected: !row[8].isNull))
    }
  }
}
