package import GradusSQL

extension BookkeepingTables {
  /// Makes the table of the compat version where it is missing.
  package static func ensureCompat(_ connection: Connection) throws {
    for table in Bookkeeping.tables where table.name == "schema_compat_version" {
      try connection.execute(table.sql)
    }
  }

  /// Sets the compat version, whatever it was.
  package static func setCompat(_ compat: Int, on connection: Connection) throws {
    try connection.execute("DELETE FROM schema_compat_version")
    try connection.execute(
      "INSERT INTO schema_compat_version (compat_version) VALUES ($1)", [SQLValue(compat)])
  }
}
