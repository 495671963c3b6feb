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

  /// Certifies an update that was completed by a program which issues no certificates.
  ///
  /// What can be verified is verified: that a declared index is there, that no row is left where a backfill's `where`
  /// holds. For the rest the caller's word stands in the certificate. One that is there stays as it is.
  ///
  /// - Parameters:
  ///   - name: the update.
  ///   - version: the application's schema version; nil for what the database says.
  ///   - connection: a connection to its database, in a transaction.
  /// - Throws: `GradusError` where the update is queued, not known to this program, or not complete. `SQLError`.
  @discardableResult
  public func certify(_ name: String, version: Int? = nil, on connection: Connection) throws
    -> UpdateCertificate
  {
    guard knows(name) else { throw unknown(name) }
    guard try UpdateQueue(connection: connection).progress(name) == nil else {
      throw GradusError(.updatesPending, "'\(name)' is queued", hint: "'updates run \(name)' completes it")
    }
    if let certificate = try UpdateCertificate.read(name, on: connection) { return certificate }
    var verified = "certified without a check by \(ProcessIdentity.current)"
    if let work = work(for: name), work.canVerifyAfterwards {
      verified = try verify(work, on: connection)
    }
    return try UpdateCertificate.issue(
      name, UpdateStatistics(), verified: verified, version: version, on: connection)
  }

  private func verify(_ work: any UpdateWork, on connection: Connection) throws -> String {
    let hint =
      "queue it again: INSERT INTO background_updates (update_name, progress_json) VALUES ('\(work.name)', '{}')"
    do {
      guard case .passed(let found) = try work.verify("{}", on: connection) else {
        throw GradusError(
          .updatesPending, "'\(work.name)' is not queued, but rows are left that it is for", hint: hint)
      }
      return found
    } catch let failure as UpdateFailure {
      throw GradusError(.updatesPending, "\(failure)", hint: hint)
    }
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
