import GradusJSON

/// What an event says, as far as derived tables need it.
struct EventBody: Sendable {
  /// Whether a redaction of another server's event needs the same domain.
  let mustCheckRedaction: Bool
  private(set) var content: JSONObject
  private(set) var unsigned: JSONObject

  /// Parses an event's stored JSON.
  ///
  /// - Returns: nil where it is no event: not JSON, not an object, or parts of it of the wrong type.
  init?(json: String, metadata: String) {
    guard let event = try? JSONScanner.object(json, keeping: [.content, .unsigned]),
      let metadata = try? JSONScanner.object(metadata, keeping: [.recheckRedaction]),
      let content = event[.content]?.object, let unsigned = Self.unsigned(event[.unsigned])
    else { return nil }
    self.content = content
    self.unsigned = unsigned
    mustCheckRedaction = metadata[.recheckRedaction] == .boolean(true)
  }

  /// What an event holds as `unsigned`, empty where it holds none.
  ///
  /// - Returns: nil where no reader would take it for an event's: it is no object, or has stripped state that is no array.
  static func unsigned(_ value: JSONValue?) -> JSONObject? {
    guard let unsigned = JSONObject(orEmpty: value) else { return nil }
    for key in [JSONText.inviteRoomState, .knockRoomState] {
      switch unsigned[key] {
      case nil, .null, .array: break
      default: return nil
      }
    }
    return unsigned
  }

  private static let keptContent: [String: Set<JSONText>] = [
    "m.room.join_rules": [.joinRule], "m.room.history_visibility": [.historyVisibility],
  ]

  /// Takes away what a redaction takes away.
  ///
  /// Of the types that derived tables read, room versions keep the content of those below alone; the create event is
  /// never pruned; of `unsigned` only `age_ts` and `replaces_state` stay.
  mutating func prune(as type: String) {
    guard type != RelevantState.create.rawValue else { return }
    content = content.keeping(Self.keptContent[type] ?? [])
    unsigned = unsigned.keeping(["age_ts", "replaces_state"])
  }
}
