import GradusJSON

/// A column that is derived from state.
enum Derived<Value: Sendable>: Sendable {
  /// Nothing is known: the default where a row is made, and no change where one is updated.
  case absent
  /// The value, perhaps NULL.
  case value(Value)
}

/// What sliding sync keeps of a room: the columns that both of its tables derive from state.
struct RoomValues: Sendable {
  var roomType: Derived<String?> = .absent
  var roomName: Derived<String?> = .absent
  var isEncrypted: Derived<Bool> = .absent
  var tombstoneSuccessor: Derived<String?> = .absent
}

extension RoomValues {
  /// The values of a room whose state events are at hand.
  ///
  /// - Parameters:
  ///   - contents: what the relevant state says.
  ///   - missing: the values of types without an event.
  ///   - skips: counts the values that cannot be used.
  init(
    _ contents: [RelevantState: JSONObject], over missing: RoomValues = RoomValues(), skips: inout SkipCounter
  ) {
    self = missing
    for (type, content) in contents {
      switch type {
      case .create: roomType = Self.text(content[.type], &skips)
      case .name: roomName = Self.text(content[.name], &skips)
      case .encryption: isEncrypted = .value(Self.isSet(content[.algorithm]))
      case .tombstone: tombstoneSuccessor = Self.text(content[.replacementRoom], &skips)
      }
    }
  }

  /// The text of a field: NULL where it is missing or null, nothing where no column can hold it.
  static func text(_ value: JSONValue?, _ skips: inout SkipCounter) -> Derived<String?> {
    switch value {
    case nil, .null: return .value(nil)
    case .string(let text) where !text.bytes.contains(0):
      if let string = text.string { return .value(string) }
      fallthrough
    default:
      skips.count(.unusableValue)
      return .absent
    }
  }

  /// Whether a field is there and not null; its type does not matter.
  static func isSet(_ value: JSONValue?) -> Bool {
    switch value {
    case nil, .null: false
    default: true
    }
  }
}
