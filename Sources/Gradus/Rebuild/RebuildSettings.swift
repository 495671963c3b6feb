import GradusSQL

/// The settings of a SQLite connection under which a table can be replaced by another of its name.
///
/// With foreign keys on, dropping a table deletes the rows that reference it; and but for `legacy_alter_table`, giving
/// the new table the old one's name is refused while views and triggers name a table that is, just then, not there.
enum RebuildSettings {
  /// Runs `body`, which opens its own transaction: within one, SQLite ignores a change of `foreign_keys`.
  static func with<R>(_ connection: Connection, _ body: () throws -> R) throws -> R {
    let foreignKeys = try isOn("foreign_keys", connection)
    let legacyAlter = try isOn("legacy_alter_table", connection)
    defer {
      connection.restore("PRAGMA legacy_alter_table = \(legacyAlter ? "ON" : "OFF")")
      connection.restore("PRAGMA foreign_keys = \(foreignKeys ? "ON" : "OFF")")
    }
    try connection.execute("PRAGMA foreign_keys = OFF")
    try connection.execute("PRAGMA legacy_alter_table = ON")
    return try body()
  }

  private static func isOn(_ setting: String, _ connection: Connection) throws -> Bool {
    try connection.queryRow("PRAGMA \(setting)")?[0].boolean ?? false
  }
}
