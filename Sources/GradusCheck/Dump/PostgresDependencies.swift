import GradusSQL

/// What of a PostgreSQL schema needs what else, so that it has to be made after it.
struct PostgresDependencies {
  let connection: Connection

  /// What each thing needs, by `relation t`, `type y` and `function f(integer)`; a function's body is not known to the server.
  func read() throws -> [String: [String]] {
    var needs: [String: [String]] = [:]
    try connection.forEachRow(Self.query) { row in
      needs[try row.text(0), default: []].append(try row.text(1))
    }
    return needs
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

  /// The extensions that something in the schema needs, quoted.
  func extensions() throws -> [String] {
    try connection.query(
      """
      SELECT DISTINCT quote_ident(x.extname) FROM pg_extension x
      JOIN pg_depend m ON m.refclassid = 'pg_extension'::regclass AND m.refobjid = x.oid AND m.deptype = 'e'
      LEFT JOIN pg_type y ON m.classid = 'pg_type'::regclass AND y.oid = m.objid
      JOIN pg_depend d ON d.deptype IN ('n', 'a') AND (
        d.refclassid = m.classid AND d.refobjid = m.objid
        OR d.refclassid = 'pg_type'::regclass AND d.refobjid = y.typarray)
      LEFT JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
      WHERE x.extname <> 'plpgsql' AND d.classid IN (
        'pg_class'::regclass, 'pg_type'::regclass, 'pg_proc'::regclass, 'pg_constraint'::regclass,
        'pg_attrdef'::regclass, 'pg_trigger'::regclass, 'pg_rewrite'::regclass)
        AND NOT EXISTS (
          SELECT 1 FROM pg_depend o
          WHERE o.deptype = 'e' AND o.refclassid = 'pg_extension'::regclass AND (
            o.classid = d.classid AND o.objid = d.objid
            OR o.classid = 'pg_class'::regclass AND o.objid = r.ev_class))
      ORDER BY 1
      """
    ).map { try $0.text(0) }
  }

  private static let query = """
    WITH node AS (
      SELECT 'pg_class'::regclass AS class, c.oid,
        CASE c.relkind WHEN 'c' THEN 'type ' ELSE 'relation ' END || c.relname AS key
      FROM pg_class c
      WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S', 'c')
    ), object AS (
      SELECT class, oid, key FROM node
      UNION ALL
      SELECT 'pg_type'::regclass, y.oid, coalesce(n.key, 'type ' || e.typname)
      FROM pg_type y JOIN pg_type e ON e.oid = y.oid OR e.typarray = y.oid LEFT JOIN node n ON n.oid = e.typrelid
      WHERE y.typnamespace = quote_ident(current_schema())::regnamespace AND (e.oid <> y.oid OR NOT EXISTS (SELECT 1 FROM pg_type a WHERE a.typarray = y.oid))
      UNION ALL
      SELECT 'pg_proc'::regclass, p.oid, 'function ' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')'
      FROM pg_proc p WHERE p.pronamespace = quote_ident(current_schema())::regnamespace
      UNION ALL
      SELECT 'pg_attrdef'::regclass, d.oid, n.key FROM pg_attrdef d JOIN node n ON n.oid = d.adrelid
      UNION ALL
      SELECT 'pg_constraint'::regclass, k.oid, coalesce(n.key, 'type ' || y.typname)
      FROM pg_constraint k LEFT JOIN node n ON n.oid = k.conrelid LEFT JOIN pg_type y ON y.oid = k.contypid
      WHERE k.contype = 'c'
      UNION ALL
      SELECT 'pg_rewrite'::regclass, r.oid, n.key FROM pg_rewrite r JOIN node n ON n.oid = r.ev_class
      WHERE r.rulename = '_RETURN'
    )
    SELECT DISTINCT o.key, n.key FROM pg_depend d
    JOIN object o ON o.class = d.classid AND o.oid = d.objid
    JOIN object n ON n.class = d.refclassid AND n.oid = d.refobjid
    WHERE o.key <> n.key AND NOT EXISTS (SELECT 1 FROM pg_class s WHERE d.classid = 'pg_class'::regclass AND s.oid = d.objid AND s.relkind = 'S')
    ORDER BY 1, 2
    """
}
