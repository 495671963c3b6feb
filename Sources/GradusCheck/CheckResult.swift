/// What the rules say of a schema.
package struct CheckResult: Sendable {
  /// What was found, in the order of versions and files.
  package var findings: [Finding] = []
  /// What could not be tried as it should, so that nothing was found there: tables that stay without rows, upgrades that
  /// fail on rows.
  package var notes: [String] = []
}
