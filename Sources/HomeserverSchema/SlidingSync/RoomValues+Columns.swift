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

extension Derived {
  fileprivate func orDefault(_ value: Value) -> Value {
    switch self {
    case .absent: value
    case .value(let value): value
    }
  }
}
