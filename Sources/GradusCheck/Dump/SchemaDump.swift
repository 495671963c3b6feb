package import GradusCatalog
package import GradusSQL

/// A full schema: the SQL that makes the tables of a version, and the rows that come with them.
package struct SchemaDump: Sendable {
  /// The SQL.
  package var sql: String

  /// Reads the schema of a database.
  ///
  /// - Parameters:
  ///   - connection: a connection to a new database that has what is to be dumped, and perhaps more.
  ///   - others: what another full schema makes: it is left out.
  /// - Throws: `SQLError`.
  package init(of connection: Connection, without others: Catalog = Catalog()) throws {
    let statements =
      switch connection.engine {
      case .sqlite: try SQLiteDump(connection: connection, others: others).statements()
      case .postgres: try PostgresDump(connection: connection, others: others).statements()
      }
    sql = statements.map { $0 + ";\n" }.joined(separator: "\n")
  }
}
