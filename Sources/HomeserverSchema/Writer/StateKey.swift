/// What a piece of room state is about.
struct StateKey: Hashable {
  var type: String
  var key: String

  /// Whether the sliding sync tables are derived from it.
  var isRelevant: Bool { key.isEmpty && RelevantState(rawValue: type) != nil }
}
