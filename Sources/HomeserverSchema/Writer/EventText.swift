import GradusJSON

/// The ids and JSON texts of events: plausible, and the same for the same position.
///
/// Hashes and signatures have the right form only; in room versions with hashes as event ids the id is not the hash.
enum EventText {
  /// An event's id in the form of the room version: a name and a domain in version 1, a hash in version 10.
  static func eventID(position: Int64, roomVersion: String, serverName: String) -> String {
    var generator = SplitMix(seed: UInt64(bitPattern: position) &* 2 &+ 1)
    return roomVersion == "1" ? "$\(generator.identifier(18)):\(serverName)" : "$" + generator.identifier(43)
  }

  /// A room's id.
  static func roomID(number: Int64, serverName: String) -> String {
    var generator = SplitMix(seed: UInt64(bitPattern: number) &* 2)
    return "!\(generator.identifier(18)):\(serverName)"
  }

  /// `event_json.format_version` of a room version's events; of a version that is unknown as of version 10.
  static func format(roomVersion: String) -> Int64 {
    RoomVersion.eventFormat(of: roomVersion) ?? format(roomVersion: "10")
  }

  /// Milliseconds since 1970, one second an event.
  static func timestamp(position: Int64) -> Int64 { 1_700_000_000_000 + position * 1000 }

  /// The JSON of an event.
  static func json(
    _ event: PlacedEvent, roomID: String, roomVersion: String, serverName: String, previous: String?
  ) -> JSONObject {
    let draft = event.draft
    var hash = SplitMix(seed: UInt64(bitPattern: event.position) &+ 0x5EED)
    let previousEvents: [JSONValue] =
      previous.map { [roomVersion == "1" ? [JSONValue($0), [:]] : JSONValue($0)] } ?? []
    let hashes: JSONObject = ["sha256": JSONValue(hash.identifier(43))]
    let signatures: JSONObject = [JSONText(serverName): ["ed25519:a_demo": JSONValue(hash.identifier(86))]]
    var json: JSONObject = [
      "type": JSONValue(draft.type), "room_id": JSONValue(roomID), "sender": JSONValue(draft.sender),
      "content": .object(draft.content), "depth": JSONValue(event.depth),
      "origin_server_ts": JSONValue(timestamp(position: event.position)), "auth_events": [],
      "prev_events": .array(previousEvents), "hashes": .object(hashes), "signatures": .object(signatures),
      "unsigned": .object(draft.unsigned),
    ]
    if let stateKey = draft.stateKey { json["state_key"] = JSONValue(stateKey) }
    if let redacts = draft.redacts { json["redacts"] = JSONValue(redacts) }
    if roomVersion == "1" { json["event_id"] = JSONValue(event.eventID) }
    return json
  }
}
