/// The tables of statistics, by name.
enum StatisticsTable {
  static let rooms = "room_stats_current"
  static let roomState = "room_stats_state"
  static let users = "user_stats_current"
}
