import GradusJSON

/// The state events that a room's statistics are derived from; each with the empty state key, and for one text column of
/// `room_stats_state`.
enum StatisticsState: String, CaseIterable {
  case create = "m.room.create"
  case joinRules = "m.room.join_rules"
  case historyVisibility = "m.room.history_visibility"
  case encryption = "m.room.encryption"
  case name = "m.room.name"
  case topic = "m.room.topic"
  case avatar = "m.room.avatar"
  case canonicalAlias = "m.room.canonical_alias"
  /// Only where it is asked for: the homeserver's own update leaves it to the counting as it goes.
  case guestAccess = "m.room.guest_access"

  /// The types that the homeserver's update reads.
  static let usual = allCases.filter { $0 != .guestAccess }

  /// The column.
  var column: String {
    switch self {
    case .create: "room_type"
    case .joinRules: "join_rules"
    case .historyVisibility: "history_visibility"
    case .encryption: "encryption"
    case .name: "name"
    case .topic: "topic"
    case .avatar: "avatar"
    case .canonicalAlias: "canonical_alias"
    case .guestAccess: "guest_access"
    }
  }

  /// The field of the event's content that the column holds.
  var field: JSONText {
    switch self {
    case .create: .type
    case .joinRules: .joinRule
    case .historyVisibility: .historyVisibility
    case .encryption: .algorithm
    case .name: .name
    case .topic: .topic
    case .avatar: .url
    case .canonicalAlias: .alias
    case .guestAccess: .guestAccess
    }
  }
}
