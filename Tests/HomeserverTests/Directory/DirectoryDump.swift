import GradusSQL

/// The rows of the directory as lines, sorted by their bytes.
enum DirectoryDump {
  static func lines(_ connection: Connection) throws -> [String] {
    let words =
      switch connection.engine {
      case .postgres: "SELECT 'words', user_id, vector::text FROM user_directory_search"
      case .sqlite: "SELECT 'words', user_id, value FROM user_directory_search"
      }
    let queries = [
      "SELECT 'user', user_id, room_id, display_name, avatar_url FROM user_directory", words,
      "SELECT 'public', user_id, room_id FROM users_in_public_rooms",
      "SELECT 'private', user_id, other_user_id, room_id FROM users_who_share_private_rooms",
      "SELECT 'stale', user_id FROM user_directory_stale_remote_users",
      "SELECT 'position', stream_id FROM user_directory_stream_pos",
    ]
    return try queries.flatMap { query in
      try connection.query(query).map { line($0.values.map { $0.text ?? $0.integer.map(String.init) }) }
    }.sorted(by: bytewise)
  }

  static func line(_ fields: [String?]) -> String {
    fields.map { $0.map { "'\($0)'" } ?? "-" }.joined(separator: " ")
  }

  /// Not as Unicode sorts them, for which equivalent texts are equal.
  static func bytewise(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }

  static let staging = [
    "_temp_populate_user_directory_rooms", "_temp_populate_user_directory_users",
    "_temp_populate_user_directory_position",
  ]

  static func stagingTables(_ connection: Connection) throws -> [String] {
    let sql =
      switch connection.engine {
      case .sqlite: "SELECT name FROM sqlite_master WHERE name LIKE '~_temp~_%' ESCAPE '~' AND type = 'table'"
      case .postgres:
        "SELECT relname::text FROM pg_class WHERE relname LIKE '~_temp~_%' ESCAPE '~' AND relkind = 'r'"
      }
    return try connection.query(sql).map { try $0.text(0) }.sorted()
  }
}
