/// Settings by which a server, a database or a role would have Gradus see or write something else than what is there.
enum PinnedSettings {
  /// With `row_security` off, rows that a policy hides are an error: an update would leave them out, and then be certified
  /// as complete. With `array_nulls` off, the NULL of an array, which goes to the server as text, would be a text.
  private static let values = [("row_security", "off"), ("array_nulls", "on")]

  /// The query that sets them for a session and returns a row; it does neither where another server process answers it
  /// than the one that was announced.
  ///
  /// - Parameter process: the id that was announced.
  static func ofSession(servedBy process: Int32) -> String {
    let calls = values.map { "pg_catalog.set_config('\($0.0)', '\($0.1)', false)" }
    return "SELECT \(calls.joined(separator: ", ")) WHERE pg_catalog.pg_backend_pid() = \(process)"
  }

  /// The statements that set them until the end of a transaction.
  static let ofTransaction = values.map { "SET LOCAL \($0.0) = \($0.1)" }
}
