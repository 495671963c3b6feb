import GradusSQL

extension RoomValues {
  /// The columns of a new row, in the order of `values`.
  static let columns: [(name: String, type: BatchTable.ColumnType)] = [
    ("room_type", .text), ("room_name", .text), ("is_encrypted", .boolean),
    ("tombstone_successor_room_id", .text),
  ]

  /// The values of a new row; absent ones are the defaults of the tables.
  var values: [SQLValue] {
    [
      SQLValue(roomType.orDefault(nil)), SQLValue(roomName.orDefault(nil)),
      SQLValue(isEncrypted.orDefault(false)), SQLValue(tombstoneSuccessor.orDefault(nil)),
    ]
  }
}

extension RoomValues {
  /// The values of which something is known, by their columns: a row that exists keeps what it has of the others.
  var known: [String: SQLValue] {
    var values: [String: SQLValue] = [:]
    if case .value(let text) = roomType { values["room_type"] = SQLValue(text) }
    if case .value(let text) = roomName { values["room_name"] = SQLValue(text) }
    if case .value(let flag) = isEncrypted { values["is_encrypted"] = .boolean(flag) }
    if case .value(let text) = tombstoneSuccessor {
      values["tombstone_successor_room_id"] = SQLValue(text)
    }
    return values
  }
}

extension Derived {
  /// The value; another one where nothing is known.
  func orDefault(_ value: Value) -> Value {
    switch self {
    case .absent: value
    case .value(let value): value
    }
  }
}
