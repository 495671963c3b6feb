import GradusSQL

/// Reads events the way that every reader of the homeserver does: what is rejected, of an unknown room
/// version, of another format than its room or not parsable does not exist, and redacted events are pruned.
struct EventReader: Sendable {
  /// Whether an event's id matches its content; an id that does not is a corrupt database. Recomputing ids
  /// needs the redaction rules and hashes of each room version; without a check every id is taken as right.
  var hasRightID: (@Sendable (StoredEvent) -> Bool)?

  /// What was read.
  struct Result {
    /// The events by id.
    var events: [String: StoredEvent] = [:]
    /// Events at which reading fails as a whole, by id: what is asked for together with one of them is
    /// unreadable.
    var failures: [String: SkipReason] = [:]
  }

  /// Reads events by their ids.
  ///
  /// - Parameters:
  ///   - ids: the events; those that do not exist are left out of the result.
  ///   - skips: counts the events that exist and cannot be read.
  func read(_ ids: Set<String>, on connection: Connection, skips: inout SkipCounter) throws -> Result {
    var result = try readAsStored(ids, on: connection, skips: &skips)
    let redactions = RedactionReader(reader: self)
    for id in try redactions.redacted(among: result.events, on: connection) {
      result.events[id]?.prune()
    }
    return result
  }

  /// Reads events without regard to redactions.
  func readAsStored(
    _ ids: Set<String>, on connection: Connection, skips: inout SkipCounter
  ) throws -> Result {
    let rows = try connection.query(over: .texts("event_id", ids.sorted())) { source in
      """
      SELECT e.event_id, e.room_id, e.type, e.sender, j.json, j.internal_metadata, j.format_version,
        r.room_version, x.event_id
      FROM \(source)
      JOIN events e ON e.event_id = k.event_id
      JOIN event_json j ON j.event_id = e.event_id
      LEFT JOIN rooms r ON r.room_id = e.room_id
      LEFT JOIN rejections x ON x.event_id = e.event_id
      """
    }
    var result = Result()
    for row in rows {
      let id = try row.text(0)
      let type = try row.text(2)
      let event = StoredEvent(
        eventID: id, roomID: try row.text(1), type: type, sender: row[3].text, json: try row.text(4),
        metadata: try row.text(5))
      guard let event else {
        skips.count(.eventUnparsable)
        continue
      }
      let format = row[6].integer ?? 1
      if let version = row[7].text {
        guard let expected = RoomVersion.eventFormat(of: version) else { continue }
        guard format == expected else {
          skips.count(.eventFormatMismatch)
          continue
        }
      } else if type != "m.room.member" {
        result.failures[id] = .invalidState
        continue
      } else if !RoomVersion.formatsOfUnversionedMembers.contains(format) {
        skips.count(.eventFormatMismatch)
        continue
      }
      if let hasRightID, !hasRightID(event) {
        result.failures[id] = .corruptState
        continue
      }
      if row[8].isNull { result.events[id] = event }
    }
    return result
  }
}
