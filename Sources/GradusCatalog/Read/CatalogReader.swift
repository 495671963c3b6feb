import Gradus
package import GradusSQL

/// Reads the schema of a database: that of the namespace which unqualified names go to.
package enum CatalogReader {
  /// Everything but Gradus's own tables and triggers.
  ///
  /// - Throws: `SQLError`, also where two of a kind, such as columns of a table, have names that are one by Unicode's rules.
  package static func read(_ connection: Connection) throws -> Catalog {
    let catalog =
      switch connection.engine {
      case .sqlite: try SQLiteCatalog(connection: connection).read()
      case .postgres: try TextSettings.with(connection) { try PostgresCatalog(connection: $0).read() }
      }
    for (name, table) in catalog.tables {
      try EquivalentNames.refuse(in: table.columns.map(\.name), of: "columns of '\(name)'")
    }
    return catalog
  }
}
