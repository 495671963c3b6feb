import GradusSQL

/// Rooms or users, as far as their statistics are alike: which tables and columns they have.
struct StatisticsKind: Sendable {
  let key: String
  let current: String
  let slices: String
  let historical: String
  /// The columns of current and historical rows that say how things are.
  let absolute: [String]
  /// The columns of slices and historical rows that say what happened in a slice.
  let perSlice: [String]

  static let rooms = StatisticsKind(
    key: "room_id", current: "room_stats_current", slices: "room_stats_slices",
    historical: "room_stats_historical",
    absolute: [
      "current_state_events", "joined_members", "invited_members", "left_members", "banned_members",
      "local_users_in_room", "knocked_members",
    ],
    perSlice: ["total_events", "total_event_bytes"])

  static let users = StatisticsKind(
    key: "user_id", current: "user_stats_current", slices: "user_stats_slices",
    historical: "user_stats_historical",
    absolute: ["joined_rooms"],
    perSlice: ["invites_sent", "rooms_created", "total_events", "total_event_bytes"])

  static let all = [rooms, users]

  /// Whether the database has the tables of the history: one of another version may lack them.
  static func haveHistory(_ connection: Connection) throws -> Bool {
    try all.allSatisfy { try connection.hasTable($0.slices) }
  }
}
