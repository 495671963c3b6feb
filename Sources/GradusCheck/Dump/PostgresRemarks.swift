import GradusSQL

/// Comments and grants of PostgreSQL's: no schema is another one by them, but a full schema is to have them.
struct PostgresRemarks {
  let connection: Connection

  /// What says them, by what they are about, as `PostgresDependencies` has it.
  func statements() throws -> [(key: String, sql: String)] {
    try connection.query(Self.query).map { (key: try $0.text(0), sql: try $0.text(1)) }
  }

  /// A function is everybody's to call unless it says otherwise.
  private static let query = """
    WITH thing AS (
      SELECT 'pg_class'::regclass AS class, c.oid, 'relation ' || c.relname AS key, c.relowner AS owner, c.relacl AS acl,
        quote_ident(c.relname) AS quoted,
        CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS granted,
        CASE c.relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END
          AS commented
      FROM pg_class c
      WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relkind IN ('r', 'v', 'm', 'S')
      UNION ALL
      SELECT 'pg_proc'::regclass, p.oid,
        'function ' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', p.proowner, p.proacl,
        format('%I(%s)', p.proname, pg_get_function_identity_arguments(p.oid)), 'ROUTINE', 'ROUTINE'
      FROM pg_proc p
      WHERE p.pronamespace = quote_ident(current_schema())::regnamespace AND p.prokind IN ('f', 'p', 'w')
    ), acl AS (
      SELECT t.key, t.owner, t.quoted, t.granted, '' AS columns, a.* FROM thing t, aclexplode(t.acl) a
      UNION ALL
      SELECT t.key, t.owner, t.quoted, t.granted, ' (' || quote_ident(c.attname) || ')', a.*
      FROM thing t JOIN pg_attribute c ON t.class = 'pg_class'::regclass AND c.attrelid = t.oid AND NOT c.attisdropped,
        aclexplode(c.attacl) a
    )
    SELECT t.key, format('COMMENT ON %s %s IS %L', CASE WHEN c.attname IS NULL THEN t.commented ELSE 'COLUMN' END,
      t.quoted || coalesce('.' || quote_ident(c.attname), ''), d.description)
    FROM thing t JOIN pg_description d ON d.classoid = t.class AND d.objoid = t.oid
    LEFT JOIN pg_attribute c
      ON t.class = 'pg_class'::regclass AND c.attrelid = t.oid AND c.attnum = d.objsubid AND d.objsubid > 0
    UNION ALL
    SELECT t.key, format('REVOKE ALL ON ROUTINE %s FROM PUBLIC', t.quoted) FROM thing t
    WHERE t.granted = 'ROUTINE' AND t.acl IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM aclexplode(t.acl) a WHERE a.grantee = 0)
    UNION ALL
    SELECT a.key, format('GRANT %s%s ON %s %s TO %s%s', a.privilege_type, a.columns, a.granted, a.quoted,
      CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END,
      CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
    FROM acl a WHERE a.grantee <> a.owner
    ORDER BY 1, 2
    """
}
