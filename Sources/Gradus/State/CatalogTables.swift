package import GradusSQL

/// The tables of the schema that a connection's unqualified names go to.
package enum CatalogTables {
  package static func names(_ connection: Connection) throws -> Set<String> {
    let sql =
      switch connection.engine {
      case .sqlite:
        "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
      case .postgres:
        "SELECT relname::text FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND pg_table_is_visible(oid) AND relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)"
      }
    return Set(try connection.query(sql).map { try $0.text(0) })
  }
}
