/// A column that is derived from state.
enum Derived<Value> {
  /// Nothing is known: the default where a row is made, and no change where one is updated.
  case absent
  /// The value, perhaps NULL.
  case value(Value)
}

/// What sliding sync keeps of a room: the columns that both of its tables derive from state.
struct RoomValues {
  var roomType: Derived<String?> = .absent
  var roomName: Derived<String?> = .absent
  var isEncrypted: Derived<Bool> = .absent
  var tombstoneSuccessor: Derived<String?> = .absent
}

extension RoomValues {
  /// The values of a room whose state events are at hand.
  ///
  /// - Parameters:
  ///   - events: the relevant state; a type without an event leaves its column absent.
  ///   - skips: counts the values that cannot be used.
  init(_ events: [RelevantState: StoredEvent], skips: inout SkipCounter) {
    if let create = events[.create] { roomType = Self.text(create.content["type"], &skips) }
    if let name = events[.name] { roomName = Self.text(name.content["name"], &skips) }
    if let encryption = events[.encryption] {
      isEncrypted = .value(Self.isSet(encryption.content["algorithm"]))
    }
    if let tombstone = events[.tombstone] {
      tombstoneSuccessor = Self.text(tombstone.content["replacement_room"], &skips)
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
