/// What the rules say of a schema.
package struct CheckResult: Sendable {
  /// What was found, in the order of versions and files.
  package var findings: [Finding] = []
  /// What could not be tried as it should, so that nothing was found there: tables that stay without rows, upgrades that
  /// fail on rows; and which files are left out.
  package var notes: [String] = []

  /// Adds another result, but for notes that are there already.
  mutating func add(_ other: CheckResult) {
    findings += other.findings
    for note in other.notes where !notes.contains(note) { notes.append(note) }
  }
}
