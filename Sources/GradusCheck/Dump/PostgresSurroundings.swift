import GradusSQL

/// What of a PostgreSQL database is in no schema, or in another one than that which is dumped. A scratch database has only
/// what deltas have made.
struct PostgresSurroundings {
  let connection: Connection

  /// The extensions, quoted, in the order in which they were made: one may need another. What uses one need not be known
  /// to the server: the body of a function, the application's queries.
  func extensions() throws -> [String] {
    try connection.query(
      "SELECT quote_ident(extname) FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY oid"
    ).map { try $0.text(0) }
  }

  /// What a dump does not have, as messages name it.
  func undumped() throws -> [String] {
    try connection.query(
      """
      SELECT 'the namespace ' || quote_ident(n.nspname) FROM pg_namespace n
      WHERE n.nspname <> current_schema() AND n.nspname NOT IN ('public', 'information_schema')
        AND NOT starts_with(n.nspname::text, 'pg_') AND NOT EXISTS (
          SELECT 1 FROM pg_depend e
          WHERE e.classid = 'pg_namespace'::regclass AND e.objid = n.oid AND e.deptype = 'e')
      UNION ALL
      SELECT 'the publication ' || quote_ident(pubname) FROM pg_publication
      UNION ALL
      SELECT 'the foreign server ' || quote_ident(srvname) FROM pg_foreign_server
      ORDER BY 1
      """
    ).map { try $0.text(0) }
  }
}
