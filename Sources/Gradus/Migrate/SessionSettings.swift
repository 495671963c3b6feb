package import GradusSQL

/// The settings of a session, which a script may change for the rest of the session.
package enum SessionSettings {
  /// Runs `body`, after which the settings are what they were, also where it has failed half-way.
  ///
  /// - Parameter connection: outside a transaction; `body` may open its own.
  package static func keeping<R>(_ connection: Connection, _ body: () throws -> R) throws -> R {
    let statements = try restoring(connection)
    defer { statements.forEach(connection.restore) }
    return try body()
  }

  /// As `keeping`, which costs statements of its own, where that is due.
  ///
  /// - Parameter mayChange: whether `body` may change any.
  package static func keeping<R>(
    _ connection: Connection, where mayChange: Bool, _ body: () throws -> R
  ) throws -> R {
    mayChange ? try keeping(connection, body) : try body()
  }

  /// Runs a script in a transaction, after which what Gradus does in the rest of it finds its tables, and has its rights, as
  /// before the script.
  ///
  /// - Parameter mayChange: whether the script may change any setting; where not, this costs nothing.
  package static func keepingPlace<R>(
    _ connection: Connection, where mayChange: Bool, _ script: () throws -> R
  ) throws -> R {
    guard mayChange else { return try script() }
    let place = try SessionPlace(connection)
    // Where the script fails, so does its transaction, whose end puts all back.
    let result = try script()
    try place.restore(connection)
    return result
  }

  /// The statements that bring the settings back.
  private static func restoring(_ connection: Connection) throws -> [String] {
    switch connection.engine {
    case .sqlite:
      let place = try SessionPlace(connection).statement(isLocal: false)
      // Of those that the engine does not keep in the file, the ones that change what other statements do, whether what
      // they do outlasts a loss of power, and whether other connections come to the file.
      let names = [
        "foreign_keys", "legacy_alter_table", "ignore_check_constraints", "recursive_triggers", "synchronous",
        "writable_schema", "reverse_unordered_selects", "locking_mode",
      ]
      let own = try names.map { name in
        let value = try connection.queryRow("PRAGMA \(name)")?[0]
        return "PRAGMA \(name) = \(value?.text ?? String(value?.integer ?? 0))"
      }
      // A lock that was to be kept goes when the file is read next.
      return [place] + own + ["PRAGMA schema_version"]
    case .postgres:
      // Behind a pooler no script changes any, and the session may be another one by then.
      guard try connection.keepsServerProcess() else { return [] }
      // RESET ALL leaves the role alone.
      let place = try SessionPlace(connection).statement(isLocal: false)
      // What the address and the driver say is the session's default, to which it is reset.
      let own = try connection.query("SELECT name, setting FROM pg_settings WHERE source = 'session'").map {
        "SELECT set_config(\(SQLText.literal(try $0.text(0))), \(SQLText.literal(try $0.text(1))), false)"
      }
      return [place, "RESET ALL"] + own
    }
  }
}
