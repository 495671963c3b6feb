import GradusSQL

/// What values are read and written by, whatever the server, the role or the database say: a time without a zone is UTC,
/// as SQLite's own are, and a number comes back with all its digits.
enum TargetSettings {
  private static let statements = [
    "SET TimeZone = 'UTC'", "SET DateStyle = 'ISO, YMD'", "SET IntervalStyle = 'postgres'",
    "SET extra_float_digits = 1", "SET bytea_output = 'hex'", "SET standard_conforming_strings = on",
  ]

  static func apply(_ connection: Connection) throws {
    for statement in statements { try connection.execute(statement) }
  }
}
