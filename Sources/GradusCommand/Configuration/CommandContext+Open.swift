import Gradus
package import GradusSQL

extension CommandContext {
  /// Opens a database that has to be there already, and to admit the version that the command acts as.
  ///
  /// - Returns: the session, and the state that the database was found in.
  /// - Throws: `GradusError`, `SQLError`.
  func openExisting(_ database: PhysicalDatabase) async throws -> (Session, DatabaseState) {
    let session = try await Session.open(database.driver)
    let state = try await session.run { try DatabaseStateReader(rules: []).read($0) }
    try Admission.checkExisting(state, version: schema.ledger.version)
    return (session, state)
  }

  /// Opens the database that holds the logical database `main`, for a command of the application's own.
  ///
  /// - Throws: `GradusError` where it may not be worked on; `SQLError`.
  package func openMain() async throws -> Session {
    guard let database = databases.first(where: { $0.databases?.contains(.main) ?? true }) else {
      throw SQLError(.invalidConfiguration, "no database of the configuration holds 'main'")
    }
    return try await openExisting(database).0
  }
}
