import GradusSQL

/// The columns of the sliding sync tables that come from a room's state, as a version 87 application computes them.
///
/// A column that is absent keeps what the row has, or gets the table's default where the row is new.
struct RoomColumns {
  private(set) var values: [String: SQLValue] = [:]

  /// From whole state events.
  ///
  /// - Parameter contents: the contents by event type.
  init(state contents: [String: MatrixJSON]) {
    if let content = contents["m.room.create"] { set("room_type", content["type"]) }
    if let content = contents["m.room.name"] { set("room_name", content["name"]) }
    if let content = contents["m.room.tombstone"] {
      set("tombstone_successor_room_id", content["replacement_room"])
    }
    if let content = contents["m.room.encryption"] { setEncrypted(content) }
  }

  /// From the stripped state that came with an invite or knock; nothing in it can be trusted to be well-formed.
  init(strippedState: MatrixJSON?) {
    var contents: [String: MatrixJSON] = [:]
    if case .array(let elements) = strippedState {
      for element in elements {
        guard let type = element["type"]?.string, element["state_key"]?.string == "",
          element["sender"]?.string != nil, let content = element["content"], case .object = content
        else { continue }
        contents[type] = content
      }
    }
    let isKnown = contents["m.room.create"] != nil
    values["has_known_state"] = .boolean(isKnown)
    set("room_type", isKnown ? contents["m.room.create"]?["type"] : nil)
    set("room_name", isKnown ? contents["m.room.name"]?["name"] : nil)
    setEncrypted(isKnown ? contents["m.room.encryption"] ?? .null : .null)
    if isKnown { set("tombstone_successor_room_id", contents["m.room.tombstone"]?["replacement_room"]) }
  }

  /// Missing is NULL, a text is itself, and what no text column can hold leaves the column alone.
  private mutating func set(_ column: String, _ value: MatrixJSON?) {
    switch value {
    case nil, .null: values[column] = .null
    case .string(let text) where !text.unicodeScalars.contains("\0"): values[column] = .text(text)
    default: break
    }
  }

  private mutating func setEncrypted(_ content: MatrixJSON) {
    let algorithm = content["algorithm"]
    values["is_encrypted"] = .boolean(algorithm != nil && algorithm != .null)
  }

  /// What a state reset takes away. That of a tombstone does not reach the row.
  mutating func forget(_ type: String) {
    switch type {
    case "m.room.create": values["room_type"] = .null
    case "m.room.name": values["room_name"] = .null
    case "m.room.encryption": values["is_encrypted"] = false
    default: break
    }
  }

  mutating func setKnownState(_ isKnown: Bool) { values["has_known_state"] = .boolean(isKnown) }
}
