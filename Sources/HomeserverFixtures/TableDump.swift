import Foundation
package import GradusSQL

/// Rows as the fixtures hold them: one JSON object a row, keys sorted, booleans as 0 and 1.
package enum TableDump {
  /// The sliding sync tables and the columns that their rows are sorted by.
  package static let slidingSync: [(table: String, key: [String])] = [
    ("sliding_sync_joined_rooms", ["room_id"]),
    ("sliding_sync_joined_rooms_to_recalculate", ["room_id"]),
    ("sliding_sync_membership_snapshots", ["room_id", "user_id"]),
  ]

  /// The tables of statistics, likewise.
  package static let statistics: [(table: String, key: [String])] = [
    ("room_stats_current", ["room_id"]),
    ("room_stats_state", ["room_id"]),
    ("user_stats_current", ["user_id"]),
  ]

  /// The rows of a table, sorted by its key: text by its bytes, as long as the database sorts so.
  package static func lines(_ table: String, orderedBy key: [String], on connection: Connection) throws
    -> [String]
  {
    try connection.query("SELECT * FROM \(table) ORDER BY \(key.joined(separator: ", "))").map { row in
      let members = zip(row.columns.names, row.values).sorted { $0.0 < $1.0 }
      return "{" + members.map { "\(json($0.0)):\(json($0.1))" }.joined(separator: ",") + "}"
    }
  }

  /// All sliding sync tables, each line after its table's name.
  package static func slidingSync(_ connection: Connection) throws -> [String] {
    try lines(slidingSync, on: connection)
  }

  /// The same from a folder of the fixtures.
  package static func slidingSync(fixture folder: String) throws -> [String] {
    try lines(slidingSync, fixture: folder)
  }

  /// All tables of statistics, each line after its table's name.
  package static func statistics(_ connection: Connection) throws -> [String] {
    try lines(statistics, on: connection)
  }

  /// The same from a folder of the fixtures.
  package static func statistics(fixture folder: String) throws -> [String] {
    try lines(statistics, fixture: folder)
  }

  private static func lines(_ tables: [(table: String, key: [String])], on connection: Connection) throws
    -> [String]
  {
    try tables.flatMap { table, key in
      try lines(table, orderedBy: key, on: connection).map { "\(table) \($0)" }
    }
  }

  private static func lines(_ tables: [(table: String, key: [String])], fixture folder: String) throws
    -> [String]
  {
    try tables.flatMap { table, _ in try Fixtures.lines("\(folder)/\(table)").map { "\(table) \($0)" } }
  }

  private static func json(_ value: SQLValue) -> String {
    switch value {
    case .text(let text): json(text)
    case .integer(let integer): String(integer)
    case .boolean(let boolean): boolean ? "1" : "0"
    default: "null"
    }
  }

  private static func json(_ text: String) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    return String(decoding: try! encoder.encode(text), as: UTF8.self)
  }
}
