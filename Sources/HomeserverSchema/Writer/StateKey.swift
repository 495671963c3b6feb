/// What a piece of room state is about.
struct StateKey: Hashable {
  var type: String
  var key: String

  /// As what the sliding sync tables are derived from it; nil where they are not.
  var relevant: RelevantState? { key.isEmpty ? RelevantState(rawValue: type) : nil }
}
