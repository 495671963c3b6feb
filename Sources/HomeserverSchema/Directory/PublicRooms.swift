import GradusJSON
import GradusSQL

/// Finds the rooms whose members anybody may know of.
enum PublicRooms {
  /// Those that anybody may join or read. An event that cannot be read does not make a room public. No room version's
  /// redaction takes away what is read here.
  ///
  /// - Parameter rooms: some rooms, each once.
  static func among(
    _ rooms: [String], on connection: Connection, skips: inout SkipCounter
  ) throws -> Set<JSONText> {
    let state = connection.lookUp(
      "current_state_events", as: "c", "room_id", equals: "k.room_id",
      where: "c.type IN ('m.room.join_rules', 'm.room.history_visibility') AND c.state_key = ''")
    let rows = try connection.query(over: .texts("room_id", rooms)) { source in
      "SELECT c.event_id, c.room_id, c.type FROM \(source) \(state)"
    }
    let events = try EventReader.readAsStored(
      Set(rows.compactMap { $0[0].text.map { EventID($0) } }), on: connection, skips: &skips
    ).events
    var visible: Set<JSONText> = []
    for row in rows {
      guard let event = row[0].text.flatMap({ events[EventID($0)] }) else { continue }
      let isVisible =
        switch try row.text(2) {
        case "m.room.join_rules": event.body.content[.joinRule]?.string == "public"
        default: event.body.content[.historyVisibility]?.string == "world_readable"
        }
      if isVisible { visible.insert(JSONText(try row.text(1))) }
    }
    return visible
  }
}
