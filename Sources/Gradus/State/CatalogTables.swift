package import GradusSQL

/// The tables of the schema that a connection's unqualified names go to.
package enum CatalogTables {
  /// - Throws: `SQLError`: on PostgreSQL with code `permissionDenied` where names go to no schema at all, so that a database
  ///   that is not new would look as if it were; where two names are one by Unicode's rules.
  package static func names(_ connection: Connection) throws -> Set<String> {
    let sql =
      switch connection.engine {
      case .sqlite:
        "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
      case .postgres:
        """
        SELECT relname::text FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND pg_table_is_visible(oid)
          AND relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
        UNION ALL SELECT NULL WHERE current_schema() IS NULL
        """
      }
    let names = try connection.query(sql).map { row in
      guard let name = row[0].text else {
        throw SQLError(
          .permissionDenied, "the search path names no schema that is there and that the role may use",
          hint: "GRANT USAGE ON SCHEMA ... TO the role, or connect as the role that owns the tables")
      }
      return name
    }
    try EquivalentNames.refuse(in: names, of: "tables")
    return Set(names)
  }
}
