import Foundation

/// An event as read from the database, as far as derived tables need it.
struct StoredEvent {
  let eventID: String
  let roomID: String
  let type: String
  let sender: String?
  /// Whether a redaction of another server's event needs the same domain.
  let mustCheckRedaction: Bool
  private(set) var content: [String: Any]
  private(set) var unsigned: [String: Any]

  /// Parses an event's stored JSON.
  ///
  /// - Returns: nil where it is no event: not JSON, not an object, or parts of it of the wrong type.
  init?(eventID: String, roomID: String, type: String, sender: String?, json: String, metadata: String) {
    guard let event = Self.object(json, keeping: ["content", "unsigned"]),
      let metadata = Self.object(metadata), let content = event["content"] as? [String: Any]
    else { return nil }
    // What a value is mostly is asked first: whether a text or an object is null, Foundation finds out by copying it.
    guard let unsigned = event["unsigned"].map({ $0 as? [String: Any] ?? ($0 is NSNull ? [:] : nil) }) ?? [:]
    else { return nil }
    for key in ["invite_room_state", "knock_room_state"] {
      if let value = unsigned[key], !(value is [Any]), !(value is NSNull) { return nil }
    }
    self.eventID = eventID
    self.roomID = roomID
    self.type = type
    self.sender = sender
    self.content = content
    self.unsigned = unsigned
    mustCheckRedaction = (metadata["recheck_redaction"] as? Bool) ?? false
  }

  private static let keptContent = [
    "m.room.join_rules": "join_rule", "m.room.history_visibility": "history_visibility",
  ]

  /// - Parameter keys: the members that are wanted; nil for all.
  private static func object(_ json: String, keeping keys: Set<String>? = nil) -> [String: Any]? {
    PlainJSON.object(json, keeping: keys)
      ?? (try? JSONSerialization.jsonObject(with: Data(json.utf8))) as? [String: Any]
  }

  /// Takes away what a redaction takes away.
  ///
  /// Of the types that derived tables read, room versions keep the content of those below alone; the create event is
  /// never pruned; of `unsigned` only `age_ts` and `replaces_state` stay.
  mutating func prune() {
    guard type != RelevantState.create.rawValue else { return }
    let kept = Self.keptContent[type]
    content = content.filter { $0.key == kept }
    unsigned = unsigned.filter { ["age_ts", "replaces_state"].contains($0.key) }
  }
}
