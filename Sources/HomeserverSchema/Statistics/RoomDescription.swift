import GradusSQL

/// What a room's statistics say of its state: the columns of `room_stats_state`.
struct RoomDescription {
  /// The text columns by name; a column that is missing is NULL.
  private(set) var texts: [String: String] = [:]
  /// Whether other servers may take part; so it is unless the create event says otherwise.
  private(set) var isFederatable = true

  /// The text columns, in the order of `values`.
  static let textColumns = [
    "name", "canonical_alias", "join_rules", "history_visibility", "encryption", "avatar", "topic",
    "room_type",
  ]

  /// - Parameters:
  ///   - events: the state; a type without an event leaves its column at NULL.
  ///   - skips: counts the values that no column can hold.
  init(_ events: [StatisticsState: StoredEvent], skips: inout SkipCounter) {
    for (type, event) in events {
      let content = event.content
      switch type {
      case .create:
        // Anything but a plain true forbids it, null and 1 included.
        if let value = content["m.federate"] { isFederatable = value == .boolean(true) }
        set("room_type", content["type"], &skips)
      case .joinRules: set("join_rules", content["join_rule"], &skips)
      case .historyVisibility: set("history_visibility", content["history_visibility"], &skips)
      case .encryption: set("encryption", content["algorithm"], &skips)
      case .name: set("name", content["name"], &skips)
      case .topic:
        set("topic", PlainTextTopic.text(of: content).map { .string($0) } ?? content["topic"], &skips)
      case .avatar: set("avatar", content["url"], &skips)
      case .canonicalAlias: set("canonical_alias", content["alias"], &skips)
      case .guestAccess: set("guest_access", content["guest_access"], &skips)
      }
    }
  }

  /// The values of text columns.
  func values(_ columns: [String]) -> [SQLValue] { columns.map { SQLValue(texts[$0]) } }

  private mutating func set(_ column: String, _ value: JSONValue?, _ skips: inout SkipCounter) {
    switch RoomValues.text(value, &skips) {
    case .absent: texts[column] = nil
    case .value(let text): texts[column] = text
    }
  }
}
