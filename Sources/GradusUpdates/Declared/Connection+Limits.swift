import GradusSQL

extension Connection {
  /// Runs what takes as long as it takes, for which limits to the application's statements are not meant; PostgreSQL, on a
  /// connection that one server process serves. The limits are then what they were before.
  ///
  /// - Parameter limits: the settings.
  func withoutLimits<R>(_ limits: [String], _ body: () throws -> R) throws -> R {
    // All settings are read before the first is changed. What the session has set for itself RESET would drop; the others
    // go back to what a reload of the server's configuration may change.
    let before = try query(
      """
      SELECT name, CASE WHEN source = 'session' THEN setting END, set_config(name, '0', false)
      FROM pg_settings WHERE name IN (\(limits.map(SQLText.literal).joined(separator: ", ")))
      """)
    defer {
      for row in before {
        guard let name = row[0].text else { continue }
        restore(row[1].text.map { "SET \(name) = \($0)" } ?? "RESET \(name)")
      }
    }
    return try body()
  }
}
