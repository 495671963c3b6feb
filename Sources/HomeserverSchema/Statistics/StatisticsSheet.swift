package import GradusSQL

/// All that is stored of the statistics of one room or user, for operators.
package struct StatisticsSheet: Sendable, Encodable {
  /// One column.
  package struct Value: Sendable, Hashable {
    /// Its name.
    package let name: String
    let value: SQLValue

    /// The value for people; `-` for NULL.
    package var text: String {
      switch value {
      case .text(let text): text
      case .integer(let integer): String(integer)
      case .boolean(let boolean): boolean ? "yes" : "no"
      default: "-"
      }
    }
  }

  /// The room or user.
  package let id: String
  /// The columns; empty where there are no statistics yet.
  package let values: [Value]
  /// Whether an update that computes them anew is queued.
  package let isQueued: Bool

  /// - Parameters:
  ///   - id: of a room, or of a user where it begins with `@`.
  ///   - connection: a connection to the main database.
  /// - Returns: nil where the server knows no such room or user.
  /// - Throws: `SQLError`.
  package init?(of id: String, on connection: Connection) throws {
    let isUser = Self.isOfUser(id)
    let update = isUser ? "populate_stats_process_users" : "populate_stats_process_rooms"
    isQueued =
      try connection.queryRow("SELECT 1 FROM background_updates WHERE update_name = $1", [.text(update)])
      != nil
    self.id = id
    var values: [Value] = []
    for table in isUser ? [StatisticsTable.users] : [StatisticsTable.rooms, StatisticsTable.roomState] {
      let key = isUser ? "user_id" : "room_id"
      guard let row = try connection.queryRow("SELECT * FROM \(table) WHERE \(key) = $1", [.text(id)]) else {
        continue
      }
      for (name, value) in zip(row.columns.names, row.values) where name != key {
        // SQLite has no truth values of its own.
        let value = name == "is_federatable" ? value.boolean.map { .boolean($0) } ?? .null : value
        values.append(Value(name: name, value: value))
      }
    }
    self.values = values
    guard values.isEmpty else { return }
    let known = isUser ? "SELECT 1 FROM users WHERE name = $1" : "SELECT 1 FROM rooms WHERE room_id = $1"
    guard try connection.queryRow(known, [.text(id)]) != nil else { return nil }
  }

  /// Whether an id is a user's, and not a room's. By scalars: the sign and an accent behind it are one `Character`.
  package static func isOfUser(_ id: String) -> Bool { id.unicodeScalars.first == "@" }

  /// An object of the columns, with its format, the id and whether an update is queued.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(1, forKey: Key("format"))
    try container.encode(id, forKey: Key("id"))
    try container.encode(isQueued, forKey: Key("queued"))
    for value in values {
      switch value.value {
      case .text(let text): try container.encode(text, forKey: Key(value.name))
      case .integer(let integer): try container.encode(integer, forKey: Key(value.name))
      case .boolean(let boolean): try container.encode(boolean, forKey: Key(value.name))
      default: try container.encodeNil(forKey: Key(value.name))
      }
    }
  }

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }
  }
}
