package import Gradus
package import GradusSQL
import GradusUpdates

extension CommandContext {
  /// Opens a database without making or changing anything; a SQLite file that is not there yet counts as an empty one.
  ///
  /// - Throws: `GradusError`, `SQLError`.
  func openForReading(_ database: PhysicalDatabase) async throws -> Session {
    let session = try await SessionOpener.openForReading(database)
    try await note(database, session)
    return session
  }

  /// The name of a database where there are several, for what is told of one of them; else nil.
  func label(_ database: PhysicalDatabase) -> String? { databases.count > 1 ? database.name : nil }

  /// Reads from each database, one after the other.
  ///
  /// - Throws: what `body` throws, with the database's name; `GradusError`, `SQLError` where one cannot be opened.
  func readEach<R>(_ body: (PhysicalDatabase, Session) async throws -> R) async throws -> [R] {
    var results: [R] = []
    for database in databases {
      results.append(try await database.naming { try await body(database, openForReading(database)) })
    }
    return results
  }

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
      try await note(database, session)
      let state = try await session.run { try DatabaseStateReader(rules: []).read($0) }
      try Admission.checkExisting(state, version: schema.ledger.version)
      return (session, state)
    }
  }

  private func note(_ database: PhysicalDatabase, _ session: Session) async throws {
    // One alone is not looked at.
    guard databases.count > 1 else { return }
    try await database.naming { try await opened.note(database, session) }
  }

  /// Opens the database that holds `main`, as `openExisting` does.
  ///
  /// - Parameter onlyReads: whether the command changes nothing.
  /// - Returns: the session, and the state that the database was found in.
  /// - Throws: `GradusError`, `SQLError`.
  package func openMain(onlyReads: Bool = false) async throws -> (Session, DatabaseState) {
    guard let main = databases.main else {
      throw GradusError(
        .invalidFile, "no database holds 'main'", hint: "see 'databases' of the configuration file")
    }
    return try await openExisting(main, onlyReads: onlyReads)
  }
}
