package import GradusSQL

/// Reads the schema of a database: that of the namespace which unqualified names go to.
package enum CatalogReader {
  /// Everything but Gradus's own tables.
  ///
  /// - Parameter own: the names of these, on PostgreSQL; nil for all that begin as they do.
  /// - Throws: `SQLError`.
  package static func read(_ connection: Connection, without own: Set<String>? = nil) throws -> Catalog {
    switch connection.engine {
    case .sqlite: try SQLiteCatalog(connection: connection).read()
    case .postgres: try PostgresCatalog(connection: connection, own: own).read()
    }
  }

  /// Whether a table, index, trigger or function is Gradus's own.
  static func isOwn(_ name: String) -> Bool { name.hasPrefix("gradus_") }
}
