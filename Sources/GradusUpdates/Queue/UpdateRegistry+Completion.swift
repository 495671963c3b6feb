package import Gradus
public import GradusSQL

extension UpdateRegistry {
  /// Whether an update is certified complete and not queued again.
  ///
  /// An update that was completed by a program which issues no certificates counts as not complete; `certify` it.
  ///
  /// - Parameters:
  ///   - name: the update.
  ///   - connection: a connection to its database.
  /// - Throws: `GradusError` with code `unknownUpdate` where neither this program nor the database knows the name: a
  ///   misspelt name is never "done". `SQLError`.
  public func hasCompleted(_ name: String, on connection: Connection) throws -> Bool {
    let row = try connection.queryRow(
      """
      SELECT EXISTS (SELECT 1 FROM background_updates WHERE update_name = $1),
        EXISTS (SELECT 1 FROM gradus_update_certificates WHERE update_name = $1)
      """, [.text(name)])!
    let (isQueued, isCertified) = (try row.boolean(0), try row.boolean(1))
    guard isQueued || isCertified || knows(name) else { throw unknown(name) }
    return isCertified && !isQueued
  }

  /// The error for a name that nothing knows.
  ///
  /// - Parameter others: further names to suggest from.
  package func unknown(_ name: String, others: Set<String> = []) -> GradusError {
    GradusError(
      .unknownUpdate, "no update is named '\(name)'",
      hint: NearestName.of(name, among: names.union(others)).map { "did you mean '\($0)'?" }
        ?? "see 'updates list'")
  }
}
