package import GradusSQL

/// Makes Gradus's own tables on a database that another program has prepared.
package enum BookkeepingTables {
  /// Makes what is missing; reads only where nothing is.
  package static func ensure(_ connection: Connection) throws {
    let existing = try CatalogTables.names(connection)
    guard !existing.isSuperset(of: Bookkeeping.tables.map(\.name)) else { return }
    try connection.transaction { connection in
      try BookkeepingWriter(connection: connection).createTables(
        withQueue: !existing.contains("background_updates"))
    }
  }
}
