package import GradusSQL

/// A sequence of PostgreSQL's that belongs to a column.
package struct OwnedSequence {
  package let name: String
  package let table: String
  package let column: String
  /// Whether it comes with an identity column, and has a name of the server's choice; else a default counts by it.
  package let isIdentity: Bool

  /// Those of the columns of tables, in the tables' order.
  ///
  /// - Parameter tables: nil for all.
  package static func all(of tables: [String]? = nil, on connection: Connection) throws -> [OwnedSequence] {
    try connection.query(
      """
      SELECT s.relname::text, t.relname::text, a.attname::text, d.deptype = 'i'
      FROM pg_class s
      JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.oid AND d.deptype IN ('a', 'i')
        AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0
      JOIN pg_class t ON t.oid = d.refobjid
      JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
      WHERE s.relkind = 'S' AND s.relnamespace = quote_ident(current_schema())::regnamespace
        AND ($1::text[] IS NULL OR t.relname = ANY ($1::text[]))
      ORDER BY t.relname, a.attnum
      """, [tables.map { .textArray($0) } ?? .null]
    ).map { row in
      OwnedSequence(
        name: try row.text(0), table: try row.text(1), column: try row.text(2), isIdentity: try row.boolean(3)
      )
    }
  }
}
