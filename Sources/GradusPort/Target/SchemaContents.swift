import GradusSQL

/// What a schema of PostgreSQL holds, members of extensions apart.
struct SchemaContents: Sendable {
  /// A thing that somebody has made there.
  struct Item: Sendable, Hashable, CustomStringConvertible {
    /// What it is, as DROP calls it.
    var kind: String
    /// Its name, as SQL.
    var name: String

    var description: String { "\(kind.lowercased()) \(name)" }
    var drop: String { "DROP \(kind) IF EXISTS \(name) CASCADE" }
  }

  let schema: String
  let items: [Item]

  /// Whether there is nothing that belongs to no extension.
  var isEmpty: Bool { items.allSatisfy { $0.kind == "EXTENSION" } }

  init(of schema: String, _ connection: Connection) throws {
    self.schema = schema
    items = try connection.query(Self.query, [.text(SQLText.identifier(schema))]).map { row in
      Item(kind: try row.text(0), name: try row.text(1))
    }
  }

  /// The schemas that unqualified names are looked up in, in their order: what is made goes to the first.
  static func ofSearchPath(_ connection: Connection) throws -> [SchemaContents] {
    try connection.query("SELECT unnest(current_schemas(false))::text").map { row in
      try SchemaContents(of: row.text(0), connection)
    }
  }

  /// What goes with something else, such as the sequence of a column, is not told by itself.
  private static let query = """
    SELECT x.kind, x.name FROM (
      SELECT CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'
          WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END AS kind,
        format('%I.%I', n.nspname, c.relname) AS name, 'pg_class'::regclass AS catalog, c.oid, n.oid AS schema
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
      UNION ALL
      SELECT 'TYPE', format('%I.%I', n.nspname, t.typname), 'pg_type'::regclass, t.oid, n.oid
      FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
      WHERE t.typtype IN ('e', 'd', 'r') OR c.relkind = 'c'
      UNION ALL
      SELECT 'ROUTINE', format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)),
        'pg_proc'::regclass, p.oid, n.oid
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
      UNION ALL
      SELECT 'EXTENSION', quote_ident(e.extname), 'pg_extension'::regclass, e.oid, e.extnamespace
      FROM pg_extension e
    ) x
    WHERE x.schema = $1::text::regnamespace AND NOT EXISTS (
      SELECT 1 FROM pg_depend d
      WHERE d.classid = x.catalog AND d.objid = x.oid AND d.deptype IN ('e', 'i', 'a'))
    ORDER BY x.name
    """
}
