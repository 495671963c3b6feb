/// The state events that the sliding sync tables are derived from; each with the empty state key.
enum RelevantState: String, CaseIterable {
  case create = "m.room.create"
  case encryption = "m.room.encryption"
  case name = "m.room.name"
  case tombstone = "m.room.tombstone"

  /// The types as a list of SQL literals.
  static let sqlList = allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
}

/// Which events hold a room's relevant state.
typealias StateIDs = [RelevantState: EventID]
