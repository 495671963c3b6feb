import GradusSQL

/// The settings of a SQLite connection under which a table can be replaced by another of its name.
///
/// With foreign keys on, dropping a table deletes the rows that reference it; and but for `legacy_alter_table`, giving
/// the new table the old one's name is refused while views and triggers name a table that is, just then, not there.
enum RebuildSettings {
  /// Runs `body`, which opens its own transaction: within one, SQLite ignores a change of `foreign_keys`.
  static func with<R>(_ connection: Connection, _ body: () throws -> R) throws -> R {
    try SessionSettings.keeping(connection) {
      try connection.execute("PRAGMA foreign_keys = OFF")
      try connection.execute("PRAGMA legacy_alter_table = ON")
      return try body()
    }
  }
}
