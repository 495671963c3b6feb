import GradusSQL

/// What the database holds of an event, not parsed yet.
struct EventRow: Sendable {
  let eventID: String
  let roomID: String
  let type: String
  let sender: String?
  let json: String
  let metadata: String
  let format: Int64
  /// The version of the room as `rooms` has it.
  let storedVersion: String?
  let isRejected: Bool

  /// Why an event's room has no usable version.
  enum VersionProblem: Error {
    case unknown
    case formatMismatch
    /// `rooms` has none, and the event is of a type for which none is assumed: reading fails as a whole.
    case missing
  }

  /// The version by whose rules the event is read.
  var version: Result<String, VersionProblem> {
    if let storedVersion {
      guard let expected = RoomVersion.eventFormat(of: storedVersion) else { return .failure(.unknown) }
      return format == expected ? .success(storedVersion) : .failure(.formatMismatch)
    }
    guard type == "m.room.member" else { return .failure(.missing) }
    return RoomVersion.assumed(ofFormat: format).map { .success($0) } ?? .failure(.formatMismatch)
  }

  /// The event's parts; nil where they cannot be parsed.
  var parsed: StoredEvent? {
    StoredEvent(eventID: eventID, roomID: roomID, type: type, sender: sender, json: json, metadata: metadata)
  }

  /// What readers of the homeserver are given of an event.
  enum Reading: Sendable {
    case event(StoredEvent)
    /// It does not exist for them; why, where that counts as skipped.
    case nothing(SkipReason?)
    /// Reading fails as a whole: what is asked for together with it is unreadable.
    case failure(SkipReason)
  }

  /// - Parameter includingRejected: whether it is given although it was rejected.
  func reading(includingRejected: Bool = false) -> Reading {
    guard let event = parsed else { return .nothing(.eventUnparsable) }
    switch version {
    case .success: return includingRejected || !isRejected ? .event(event) : .nothing(nil)
    // Counted with the room.
    case .failure(.unknown): return .nothing(nil)
    case .failure(.formatMismatch): return .nothing(.eventFormatMismatch)
    case .failure(.missing): return .failure(.invalidState)
    }
  }

  /// Reads events by their ids; those that do not exist are left out.
  ///
  /// - Parameters:
  ///   - ids: the events, in the order in which they are read.
  ///   - locking: keeps other writers off the JSON until the transaction ends, and waits for
  ///     those that are at it. SQLite has one writer at a time anyway.
  static func read(
    _ ids: [String], locking: Bool = false, on connection: Connection
  ) throws -> [EventRow] {
    // Locks are taken in one order, so that two that take them do not wait for each other.
    let lock = locking && connection.engine == .postgres ? "ORDER BY j.event_id FOR NO KEY UPDATE OF j" : ""
    let event = connection.lookUp("events", as: "e", "event_id", equals: "k.event_id")
    let text = connection.lookUp("event_json", as: "j", "event_id", equals: "k.event_id")
    let room = connection.lookUp("rooms", as: "r", "room_id", equals: "e.room_id", isOptional: true)
    let rejection = connection.lookUp(
      "rejections", as: "x", "event_id", equals: "e.event_id", isOptional: true)
    let rows = try connection.query(over: .texts("event_id", ids)) { source in
      """
      SELECT e.event_id, e.room_id, e.type, e.sender, j.json, j.internal_metadata, j.format_version,
        r.room_version, x.event_id
      FROM \(source)
      \(event)
      \(text)
      \(room)
      \(rejection)
      \(lock)
      """
    }
    return try rows.map { row in
      EventRow(
        eventID: try row.text(0), roomID: try row.text(1), type: try row.text(2), sender: row[3].text,
        json: try row.text(4), metadata: try row.text(5), format: row[6].integer ?? 1,
        storedVersion: row[7].text, isRejected: !row[8].isNull)
    }
  }
}
