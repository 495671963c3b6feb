/// A parameter in SQL that runs as it stands, so that nobody gives it a value.
package enum UnboundParameter {
  /// What to write instead.
  ///
  /// - Parameter name: the parameter as it stands.
  package static func advice(_ name: String) -> String {
    name.dropFirst().contains("$")
      ? "SQLite has no dollar quotes: write the text in single quotes" : "write the value in its place"
  }
}
