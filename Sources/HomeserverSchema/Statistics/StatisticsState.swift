/// The state events that a room's statistics are derived from; each with the empty state key.
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
  static let usual = Set(allCases).subtracting([.guestAccess])
}
