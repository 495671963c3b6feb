import GradusSQL

/// What a run had to warn of, in a table of the target: the run that completes the port may be a later one.
enum PortWarnings {
  /// Belongs into the transaction of what they are about.
  static func write(_ warnings: [String], _ connection: Connection) throws {
    try connection.execute(
      "CREATE TABLE IF NOT EXISTS gradus_port_warnings (number BIGINT NOT NULL PRIMARY KEY, warning TEXT NOT NULL)"
    )
    try connection.execute("DELETE FROM gradus_port_warnings")
    for (number, warning) in warnings.enumerated() {
      try connection.execute(
        "INSERT INTO gradus_port_warnings (number, warning) VALUES ($1, $2)",
        [SQLValue(number), .text(warning)])
    }
  }

  static func read(_ connection: Connection) throws -> [String] {
    guard
      try connection.queryRow("SELECT to_regclass('gradus_port_warnings') IS NOT NULL")?.boolean(0) == true
    else { return [] }
    return try connection.query("SELECT warning FROM gradus_port_warnings ORDER BY number").map {
      try $0.text(0)
    }
  }
}
