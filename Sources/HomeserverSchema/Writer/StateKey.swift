import GradusSQL

/// What a piece of room state is about; equal where the bytes are, as to the databases.
struct StateKey: Hashable {
  var type: String
  var key: String

  /// As what the sliding sync tables are derived from it; nil where they are not.
  var relevant: RelevantState? { key.isEmpty ? RelevantState(rawValue: type) : nil }

  static func == (left: StateKey, right: StateKey) -> Bool {
    left.type.hasSameBytes(as: right.type) && left.key.hasSameBytes(as: right.key)
  }

  func hash(into hasher: inout Hasher) {
    type.hashBytes(into: &hasher)
    key.hashBytes(into: &hasher)
  }
}
