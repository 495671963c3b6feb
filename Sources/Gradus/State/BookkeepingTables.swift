package import GradusSQL

/// Makes Gradus's own tables on a database that another program has prepared.
package enum BookkeepingTables {
  /// Makes what is missing; reads only where nothing is.
  package static func ensure(_ connection: Connection) throws {
    guard let existing = try missing(connection) else { return }
    do {
      try connection.transaction { connection in
        try BookkeepingWriter(connection: connection)
          .createTables(withQueue: !existing.contains("background_updates"))
      }
    } catch let error as SQLError where [.uniqueViolation, .duplicateObject].contains(error.code) {
      // On PostgreSQL two CREATE TABLE IF NOT EXISTS at the same time may both find that it does not.
      if try missing(connection) != nil { throw error }
    }
  }

  /// The tables that exist, or nil where none of ours is missing.
  private static func missing(_ connection: Connection) throws -> Set<String>? {
    let existing = try CatalogTables.names(connection)
    return existing.isSuperset(of: Bookkeeping.tables.map(\.name)) ? nil : existing
  }
}
