package import GradusSQL

/// The settings by which PostgreSQL writes values and definitions as text: what is read must not depend on how a role, a
/// database or a script has them.
package enum TextSettings {
  private static let settings = [
    ("DateStyle", "ISO, MDY"), ("IntervalStyle", "postgres"), ("TimeZone", "UTC"),
    ("extra_float_digits", "1"), ("bytea_output", "hex"), ("quote_all_identifiers", "off"),
  ]

  /// Runs `body` under these settings, and in one snapshot where no transaction is open.
  ///
  /// - Throws: what `body` throws; `SQLError`.
  package static func with<R>(_ connection: Connection, _ body: (Connection) throws -> R) throws -> R {
    guard connection.engine == .postgres else { return try body(connection) }
    guard connection.isInTransaction else {
      return try connection.transaction(.read) { connection in
        _ = try adopt(on: connection)
        return try body(connection)
      }
    }
    let before = try adopt(on: connection)
    defer {
      if !before.isEmpty {
        let calls = before.map {
          "set_config(\(SQLText.literal($0.name)), \(SQLText.literal($0.value)), true)"
        }
        connection.restore("SELECT \(calls.joined(separator: ", "))")
      }
    }
    return try body(connection)
  }

  /// Takes them for the transaction, and tells what those were that it has changed.
  private static func adopt(on connection: Connection) throws -> [(name: String, value: String)] {
    let rows = settings.map { "(\(SQLText.literal($0.0)), \(SQLText.literal($0.1)))" }
    // OFFSET 0: what holds is read before it is changed. By its name the server's statistics tell that it is Gradus's own.
    return try connection.query(
      """
      SELECT name, before, set_config(name, value, true) FROM (
        SELECT name, value, current_setting(name) AS before
        FROM (VALUES \(rows.joined(separator: ", "))) gradus_settings (name, value) OFFSET 0) s
      WHERE before <> value
      """
    ).map { (name: try $0.text(0), value: try $0.text(1)) }
  }
}
