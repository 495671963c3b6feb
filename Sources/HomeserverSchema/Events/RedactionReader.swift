import GradusSQL

/// Finds which events are redacted.
enum RedactionReader {
  /// One redaction that may apply to an event.
  private struct Candidate {
    let target: EventID
    /// Nil where the id is no text.
    let redaction: EventID?
    /// Whether the redaction was found valid when it was stored.
    let isConfirmed: Bool
  }

  /// The ids of the events that a valid redaction applies to.
  static func redacted(
    among events: [EventID: StoredEvent], on connection: Connection
  ) throws -> Set<EventID> {
    let targets = events.values.filter { $0.type != RelevantState.create.rawValue }.map(\.eventID).sorted()
    guard !targets.isEmpty else { return [] }
    let candidates = try candidates(of: targets.map(\.text), on: connection)
    let unconfirmed = Set(candidates.filter { !$0.isConfirmed }.compactMap(\.redaction))
    // An unreadable redaction redacts nothing; it is no part of the batch's own data, so it is not counted.
    var ignored = SkipCounter()
    let redactions = try EventReader.readAsStored(unconfirmed, on: connection, skips: &ignored).events
    return Set(
      candidates.lazy.filter { candidate in
        guard !candidate.isConfirmed else { return true }
        guard let target = events[candidate.target],
          let redaction = candidate.redaction.flatMap({ redactions[$0] })
        else {
          return false
        }
        return applies(redaction, to: target)
      }.map(\.target))
  }

  /// Whether a redaction that readers are given counts for an event.
  static func applies(_ redaction: StoredEvent, to target: StoredEvent) -> Bool {
    guard redaction.roomID.hasSameBytes(as: target.roomID) else { return false }
    guard redaction.body.mustCheckRedaction else { return true }
    // Of whom nothing is known does not come from the same server as another of whom nothing is known.
    guard let domain = redaction.sender.flatMap(UserIDText.domain) else { return false }
    return domain == target.sender.flatMap(UserIDText.domain)
  }

  private static func candidates(of targets: [String], on connection: Connection) throws -> [Candidate] {
    let capabilities = try RedactionCapabilities(connection)
    let table = BatchTable.texts("event_id", targets)
    // Without the column every redaction is checked again.
    let recheck = capabilities.hasRecheck ? "r.recheck" : "TRUE"
    let redaction = connection.lookUp(
      "redactions", as: "r", "redacts", equals: "k.event_id",
      reading: ["redacts", "event_id"] + (capabilities.hasRecheck ? ["recheck"] : []))
    var rows = try connection.query(over: table) { source in
      "SELECT r.redacts, r.event_id, \(recheck) FROM \(source) \(redaction)"
    }
    if capabilities.hasRoomBans {
      let event = connection.lookUp(
        "events", as: "e", "event_id", equals: "k.event_id",
        reading: ["event_id", "room_id", "sender", "stream_ordering"])
      rows += try connection.query(over: table) { source in
        """
        SELECT e.event_id, b.redacting_event_id, TRUE
        FROM \(source)
        \(event)
        JOIN room_ban_redactions b ON b.room_id = e.room_id AND b.user_id = e.sender
        WHERE b.redact_end_ordering IS NULL OR e.stream_ordering < b.redact_end_ordering
        """
      }
    }
    return try rows.map { row in
      Candidate(
        target: EventID(try row.text(0)), redaction: row[1].text.map { EventID($0) },
        isConfirmed: row[2].boolean == false)
    }
  }
}
