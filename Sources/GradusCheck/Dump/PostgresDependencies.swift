import GradusSQL

/// What of a PostgreSQL schema needs what else, so that it has to be made after it.
struct PostgresDependencies {
  let connection: Connection

  /// A thing that another one needs.
  struct Need {
    /// What needs it, as all things: `relation t`, `type y` or `function f(integer)`.
    let thing: String
    let needed: String
    /// What of a table needs it, where that can be made after the table.
    let part: TablePart?
  }

  /// What each thing needs; a function's body is not known to the server.
  ///
  /// In a transaction: the server has no statistics of a new database, takes its tables for small ones, and would compare
  /// each row with each.
  func read() throws -> [Need] {
    try connection.execute("SET LOCAL enable_nestloop = off")
    defer { connection.restore("SET LOCAL enable_nestloop TO DEFAULT") }
    return try connection.query(Self.query).map { row in
      let thing = try row.text(0)
      return Need(
        thing: thing, needed: try row.text(1), part: row[2].text.map { TablePart(table: thing, name: $0) })
    }
  }

  /// What the bodies of functions may name: it is looked for when they are made.
  ///
  /// - Parameters:
  ///   - functions: the functions' definitions.
  ///   - names: names of all that could be meant, by what they may occur as.
  static func named(
    in functions: [String: String], _ names: [String: [String]]
  ) -> [String: [String]] {
    var needs: [String: [String]] = [:]
    for (function, definition) in functions {
      let words = Set(
        definition.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "$") }.map { $0.lowercased() })
      needs["function \(function)"] = words.sorted().flatMap { names[$0] ?? [] }
        .filter { $0 != "function \(function)" }
    }
    return needs
  }

  private static let query = """
    WITH object AS (
      SELECT 'pg_class'::regclass AS class, c.oid,
        CASE c.relkind WHEN 'c' THEN 'type ' ELSE 'relation ' END || c.relname AS key, NULL AS part
      FROM pg_class c
      WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S', 'c')
      UNION ALL
      SELECT 'pg_type'::regclass, y.oid,
        CASE WHEN c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S') THEN 'relation ' || c.relname
          ELSE 'type ' || coalesce(e.typname, y.typname) END, NULL
      FROM pg_type y LEFT JOIN pg_type e ON e.oid = y.typelem AND e.typarray = y.oid
      LEFT JOIN pg_class c ON c.oid = coalesce(e.typrelid, y.typrelid)
      WHERE y.typnamespace = quote_ident(current_schema())::regnamespace
      UNION ALL
      SELECT 'pg_proc'::regclass, p.oid, 'function ' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', NULL
      FROM pg_proc p WHERE p.pronamespace = quote_ident(current_schema())::regnamespace
      UNION ALL
      SELECT 'pg_attrdef'::regclass, d.oid, 'relation ' || c.relname,
        CASE WHEN c.relkind = 'r' AND a.attgenerated = '' THEN 'default ' || a.attname END
      FROM pg_class c JOIN pg_attrdef d ON d.adrelid = c.oid
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.adnum
      WHERE c.relnamespace = quote_ident(current_schema())::regnamespace
      UNION ALL
      SELECT 'pg_constraint'::regclass, k.oid, coalesce('relation ' || c.relname, 'type ' || y.typname),
        CASE WHEN c.relkind = 'r' THEN 'constraint ' || k.conname END
      FROM pg_constraint k LEFT JOIN pg_class c ON c.oid = k.conrelid LEFT JOIN pg_type y ON y.oid = k.contypid
      WHERE k.contype = 'c' AND k.connamespace = quote_ident(current_schema())::regnamespace
      UNION ALL
      SELECT 'pg_rewrite'::regclass, r.oid, 'relation ' || c.relname, NULL
      FROM pg_class c JOIN pg_rewrite r ON r.ev_class = c.oid AND r.rulename = '_RETURN'
      WHERE c.relnamespace = quote_ident(current_schema())::regnamespace
    )
    SELECT DISTINCT o.key, n.key, o.part FROM pg_depend d
    JOIN object o ON o.class = d.classid AND o.oid = d.objid
    JOIN object n ON n.class = d.refclassid AND n.oid = d.refobjid
    WHERE o.key <> n.key AND NOT EXISTS (
      SELECT 1 FROM pg_class s WHERE d.classid = 'pg_class'::regclass AND s.oid = d.objid AND s.relkind = 'S')
    ORDER BY 1, 2, 3
    """
}
