import GradusSQL

/// What the target's session goes by, whatever the server, the role or the database say.
enum TargetSettings {
  private static let statements = [
    // What values are read and written by: a time without a zone is UTC, as SQLite's own are, and a number comes back with
    // all its digits.
    "SET TimeZone = 'UTC'", "SET DateStyle = 'ISO, YMD'", "SET IntervalStyle = 'postgres'",
    "SET extra_float_digits = 1", "SET bytea_output = 'hex'", "SET standard_conforming_strings = on",
    // The session is idle while the source is counted and checked, and to make an index again is one transaction: a limit
    // that cuts it off would do so at every rerun.
    "SET idle_session_timeout = 0",
    "SELECT set_config(name, '0', false) FROM pg_settings WHERE name = 'transaction_timeout'",
  ]

  static func apply(_ connection: Connection) throws {
    for statement in statements { try connection.execute(statement) }
  }
}
