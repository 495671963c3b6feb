/// How a script says whether SQLite is to enforce foreign keys.
package enum ForeignKeysSetting {
  /// - Parameter value: what `PRAGMA foreign_keys` is set to.
  /// - Returns: whether it switches them on. Anything that SQLite does not know switches them off.
  package static func isOn(_ value: String) -> Bool {
    ["on", "yes", "true", "1"].contains(value.lowercased())
  }
}
