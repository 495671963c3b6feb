import GradusSQL

/// Reads the contents of the events that room lists are made of, redactions applied.
enum RoomStateReader {
  /// The events of a room's current relevant state, by type.
  static func currentState(of roomID: String, on connection: Connection) throws -> [String: String] {
    let rows = try connection.query(
      """
      SELECT type, event_id FROM current_state_events
      WHERE room_id = $1 AND state_key = ''
        AND type IN (\(RelevantState.sqlList))
      """, [.text(roomID)])
    return Dictionary(uniqueKeysWithValues: try rows.map { (try $0.text(0), try $0.text(1)) })
  }

  /// The contents of events, by the keys of `ids`; what was rejected or cannot be parsed is left out.
  static func contents(_ ids: [String: String], on connection: Connection) throws -> [String: MatrixJSON] {
    let events = try self.events(Array(Set(ids.values)).sorted(), on: connection)
    return ids.compactMapValues { events[$0]?.content }
  }

  /// An event as readers see it.
  struct Event {
    var content: MatrixJSON
    var unsigned: MatrixJSON
  }

  /// Events by id; what was rejected or cannot be parsed is left out.
  static func events(_ ids: [String], on connection: Connection) throws -> [String: Event] {
    guard !ids.isEmpty else { return [:] }
    let rows = try connection.query(
      """
      SELECT j.event_id, j.json, e.type,
        EXISTS (
          SELECT 1 FROM redactions d
          JOIN events r ON r.event_id = d.event_id
          WHERE d.redacts = e.event_id AND r.room_id = e.room_id AND r.rejection_reason IS NULL
        )
      FROM event_json j
      JOIN events e ON e.event_id = j.event_id
      WHERE e.rejection_reason IS NULL AND j.event_id \(connection.isOne(ofTexts: 1))
      """, [.textArray(ids)])
    var events: [String: Event] = [:]
    for row in rows {
      guard let json = MatrixJSON(parsing: try row.text(1)), let content = json["content"] else { continue }
      let type = try row.text(2)
      // The create event is never redacted: the room would lose its version.
      if try row.boolean(3), type != RelevantState.create.rawValue {
        events[try row.text(0)] = Event(content: [:], unsigned: [:])
      } else {
        events[try row.text(0)] = Event(content: content, unsigned: json["unsigned"] ?? [:])
      }
    }
    return events
  }
}
