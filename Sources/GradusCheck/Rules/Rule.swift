/// A rule of the checks. Its identifier never changes its meaning.
package struct Rule: Sendable, Hashable {
  /// How bad it is to break it.
  package enum Severity: String, Sendable, Hashable, Codable {
    /// An admitted version breaks, or data is lost.
    case error
    /// It may break, or harms those who use the database meanwhile.
    case warning
  }

  /// Such as `C01`.
  package var id: String
  /// What is found, in a few words.
  package var title: String
  /// Why it matters.
  package var reason: String
  /// What to do instead.
  package var fix: String
  /// How bad it is.
  package var severity: Severity

  init(_ id: String, _ severity: Severity, _ title: String, because reason: String, fix: String) {
    self.id = id
    self.severity = severity
    self.title = title
    self.reason = reason
    self.fix = fix
  }
}
