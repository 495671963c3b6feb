package import Gradus
package import GradusSQL

extension AdminJob {
  /// Queues the job's rows, all or none of them, if this version may work on the database at all.
  ///
  /// - Parameters:
  ///   - values: of all parameters.
  ///   - session: a session on the database that holds `main`.
  ///   - version: the version that the program acts as.
  /// - Returns: the names of the updates; nil where one of them is queued already.
  /// - Throws: `GradusError`, `SQLError`.
  package func start(
    _ values: [String: AdminJobValue], on session: Session, version: Int
  ) async throws -> [String]? {
    let state = try await session.run { try DatabaseStateReader(rules: []).read($0) }
    try Admission.checkExisting(state, version: version)
    try await session.run { try BookkeepingTables.ensure($0) }
    let rows = rows(values)
    do {
      try await session.transaction { connection in
        for row in rows { try row.queue(on: connection) }
      }
    } catch let error as SQLError where error.code == .uniqueViolation {
      return nil
    }
    return rows.map(\.name)
  }
}

extension Sequence<PhysicalDatabase> {
  /// The database that holds `main`, in whose queue jobs are.
  package var main: PhysicalDatabase? { first { $0.databases?.contains(.main) ?? true } }
}
