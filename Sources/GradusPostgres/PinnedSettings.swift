/// Settings by which a server, a database or a role would have Gradus see or write something else than what is there.
enum PinnedSettings {
  /// With `row_security` off, rows that a policy hides are an error: an update would leave them out, and then be certified
  /// as complete. With `array_nulls` off, the NULL of an array, which goes to the server as text, would be a text.
  ///
  /// A key goes to the server as the text that came from it, also to another session: so times are written by their offset
  /// from UTC, as a zone's abbreviation may be another's, and year first; and of a number no digit is left out. In which
  /// order day and month are read (`DateStyle`'s other half) stays as it is.
  private static let values = [
    ("row_security", "off"), ("array_nulls", "on"), ("DateStyle", "ISO"), ("IntervalStyle", "postgres"),
    ("extra_float_digits", "1"),
  ]

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
