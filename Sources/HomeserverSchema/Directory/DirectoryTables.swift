import GradusSQL

/// The tables that the directory consists of.
enum DirectoryTables {
  /// Empties them, but for the users of other servers whose profile may have changed.
  static func erase(on connection: Connection) throws {
    switch connection.engine {
    case .postgres:
      try connection.execute(
        "TRUNCATE user_directory, user_directory_search, users_in_public_rooms, users_who_share_private_rooms"
      )
    case .sqlite:
      for table in ["user_directory", "users_in_public_rooms", "users_who_share_private_rooms"] {
        try connection.execute("DELETE FROM \(table)")
      }
      // Emptying a full-text table looks up each word of each row; a new one is there at once.
      let row = try connection.queryRow(
        "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'user_directory_search'")
      guard let definition = row?[0].text else {
        throw HomeserverError(.tableMissing, "the table user_directory_search is not there")
      }
      try connection.execute("DROP TABLE user_directory_search")
      try connection.execute(definition)
    }
  }
}
