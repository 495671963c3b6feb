package import GradusSQL

/// Reads the schema of a database: that of the namespace which unqualified names go to.
package enum CatalogReader {
  /// Everything but Gradus's own tables and triggers.
  ///
  /// - Throws: `SQLError`.
  package static func read(_ connection: Connection) throws -> Catalog {
    switch connection.engine {
    case .sqlite: try SQLiteCatalog(connection: connection).read()
    case .postgres: try TextSettings.with(connection) { try PostgresCatalog(connection: $0).read() }
    }
  }
}
