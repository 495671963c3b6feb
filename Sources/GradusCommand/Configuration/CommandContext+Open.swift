package import Gradus
package import GradusSQL
import GradusUpdates

extension CommandContext {
  /// Opens a database that has to be there already, and to admit the version that the command acts as.
  ///
  /// - Returns: the session, and the state that the database was found in.
  /// - Throws: `GradusError`, `SQLError`.
  func openExisting(_ database: PhysicalDatabase, onlyReads: Bool = false) async throws -> (
    Session, DatabaseState
  ) {
    try await database.naming {
      let driver = onlyReads ? SessionOpener.onlyReading(database.driver) : database.driver
      let session = try await Session.open(driver)
      let state = try await session.run { try DatabaseStateReader(rules: []).read($0) }
      try Admission.checkExisting(state, version: schema.ledger.version)
      return (session, state)
    }
  }

  /// Opens the database that holds `main`, as `openExisting` does.
  ///
  /// - Returns: the session, and the state that the database was found in.
  /// - Throws: `GradusError`, `SQLError`.
  package func openMain() async throws -> (Session, DatabaseState) {
    guard let main = databases.main else {
      throw GradusError(
        .invalidFile, "no database holds 'main'", hint: "see 'databases' of the configuration file")
    }
    return try await openExisting(main)
  }
}
