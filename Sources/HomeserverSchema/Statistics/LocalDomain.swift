import GradusSQL

/// Which users are the server's own.
enum LocalDomain {
  /// What local users' ids end with, colon included: from the configuration, else as the server's own users have it.
  ///
  /// - Returns: nil where the database has no user of its own, and hence no room has any.
  static func suffix(_ configured: String?, on connection: Connection) throws -> String? {
    if let configured { return ":" + configured }
    for (column, table) in [("name", "users"), ("user_id", "local_current_membership")] {
      // Both columns are the first of an index.
      let row = try connection.queryRow(
        "SELECT \(column) FROM \(table) WHERE \(column) LIKE '@%:%' ORDER BY \(column) LIMIT 1")
      if let user = row?[0].text { return ":" + UserIDText.split(user).domain }
    }
    return nil
  }
}
