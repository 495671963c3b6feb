import GradusSQL

/// The target's materialized views, which were made of empty tables.
enum MaterializedViews {
  /// Those that hold rows, or would, each behind those that it reads.
  static func names(_ connection: Connection) throws -> [String] {
    try connection.query(
      """
      WITH RECURSIVE uses AS (
        SELECT DISTINCT r.ev_class AS reader, d.refobjid AS relation
        FROM pg_rewrite r JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
          AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.ev_class
      ), depths (oid, depth) AS (
        SELECT c.oid, 0 FROM pg_class c
        WHERE c.relkind = 'm' AND c.relnamespace = quote_ident(current_schema())::regnamespace
        UNION
        -- Views may go around in circles, over one whose rows are kept.
        SELECT u.reader, d.depth + 1 FROM depths d JOIN uses u ON u.relation = d.oid WHERE d.depth < 50
      )
      SELECT c.relname::text FROM pg_class c JOIN depths d ON d.oid = c.oid
      WHERE c.relkind = 'm' AND c.relispopulated AND c.relnamespace = quote_ident(current_schema())::regnamespace
        AND NOT EXISTS (
          SELECT 1 FROM pg_depend e
          WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
      GROUP BY c.relname ORDER BY max(d.depth), c.relname
      """
    ).map { try $0.text(0) }
  }

  static func refresh(_ name: String, _ connection: Connection) throws {
    do {
      try connection.execute("REFRESH MATERIALIZED VIEW \(SQLText.identifier(name))")
      try connection.execute("ANALYZE \(SQLText.identifier(name))")
    } catch var error as SQLError where error.isOfRows {
      error.message =
        "the materialized view \(name) cannot be made of the rows of the source: \(error.message)"
      error.hint = "mend the rows in the source, then port with --start-over"
      throw error
    }
  }
}
