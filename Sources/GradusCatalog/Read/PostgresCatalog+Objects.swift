import Gradus
import GradusSQL

extension PostgresCatalog {
  /// Reads what belongs to no other part, with one query: a check reads the schema after each statement.
  func readObjects(_ catalog: inout Catalog) throws {
    try connection.forEachRow(
      """
      WITH relation AS (
        SELECT c.oid, c.relname::text AS name, quote_ident(c.relname) AS quoted, c.relkind, c.reloptions,
          c.relrowsecurity, c.relforcerowsecurity, c.relreplident, c.relpersistence
        FROM \(relations)
      ), type AS (
        SELECT y.*, y.typname::text AS name, quote_ident(y.typname) AS quoted FROM pg_type y
        WHERE y.typnamespace = quote_ident(current_schema())::regnamespace AND y.typtype IN ('d', 'c', 'r')
          AND NOT EXISTS (
            SELECT 1 FROM pg_depend e
            WHERE e.classid = 'pg_type'::regclass AND e.objid = y.oid AND e.deptype = 'e')
      )
      \(Self.objectsOfRelations)
      UNION ALL
      \(Self.types)
      UNION ALL
      \(Self.otherObjects)
      """
    ) { row in
      guard let kind = CatalogObject.Kind(rawValue: try row.text(0)) else { return }
      let object = CatalogObject(
        kind: kind, name: try row.text(1), table: row[2].text, definition: try row.text(3),
        isScript: try row.boolean(4))
      try EquivalentNames.refuse(object.title, in: catalog.objects, of: "objects")
      catalog.objects[object.title] = object
    }
  }

  /// Scripts as the server writes them, and in its words what it writes of nothing.
  ///
  /// What stands in no order of its own is sorted as in a database of the locale C: the order in which options were set, or
  /// by which another database sorts, is no part of the schema.
  private static let objectsOfRelations = #"""
    SELECT 'rule' AS kind, r.rulename::text AS name, c.name AS relation,
      rtrim(pg_get_ruledef(r.oid, true), ';') || CASE r.ev_enabled WHEN 'O' THEN ''
        ELSE format(E';\nALTER TABLE %s %s RULE %I', c.quoted,
          CASE r.ev_enabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, r.rulename) END
        AS definition, true AS is_sql
    FROM relation c JOIN pg_rewrite r ON r.ev_class = c.oid WHERE r.rulename <> '_RETURN'
    UNION ALL
    SELECT 'policy', p.polname::text, c.name,
      format('CREATE POLICY %I ON %s AS %s FOR %s TO %s', p.polname, c.quoted,
        CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
        CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
        (SELECT string_agg(CASE u WHEN 0 THEN 'PUBLIC' ELSE u::regrole::text END, ', ' ORDER BY u::regrole::text COLLATE "C")
         FROM unnest(p.polroles) u))
      || coalesce(' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', '')
      || coalesce(' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', ''), true
    FROM relation c JOIN pg_policy p ON p.polrelid = c.oid
    UNION ALL
    SELECT 'row level security', '', c.name,
      concat_ws(E';\n', CASE WHEN c.relrowsecurity THEN format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', c.quoted) END,
        CASE WHEN c.relforcerowsecurity THEN format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', c.quoted) END), true
    FROM relation c WHERE c.relrowsecurity OR c.relforcerowsecurity
    UNION ALL
    SELECT 'options', '', c.name,
      format('ALTER %s %s SET (%s)', CASE c.relkind WHEN 'v' THEN 'VIEW' ELSE 'MATERIALIZED VIEW' END, c.quoted,
        (SELECT string_agg(o, ', ' ORDER BY o COLLATE "C") FROM unnest(c.reloptions) o)), true
    FROM relation c WHERE c.relkind IN ('v', 'm') AND c.reloptions IS NOT NULL
    UNION ALL
    SELECT 'options', x.relname::text, c.name,
      format('ALTER INDEX %I SET (%s)', x.relname,
        (SELECT string_agg(o, ', ' ORDER BY o COLLATE "C") FROM unnest(x.reloptions) o)), true
    FROM relation c JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype IN ('p', 'u', 'x')
    JOIN pg_class x ON x.oid = k.conindid WHERE x.reloptions IS NOT NULL
    UNION ALL
    SELECT 'options of column', a.attname::text, c.name,
      format('ALTER %s %s ', CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END, c.quoted) || concat_ws(', ',
        CASE WHEN a.attstattarget >= 0 THEN format('ALTER COLUMN %I SET STATISTICS %s', a.attname, a.attstattarget) END,
        CASE WHEN a.attstorage <> y.typstorage THEN format('ALTER COLUMN %I SET STORAGE %s', a.attname,
          CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END) END,
        CASE WHEN a.attcompression <> '' THEN format('ALTER COLUMN %I SET COMPRESSION %s', a.attname,
          CASE a.attcompression WHEN 'l' THEN 'lz4' ELSE 'pglz' END) END,
        format('ALTER COLUMN %I SET (', a.attname)
          || (SELECT string_agg(o, ', ' ORDER BY o COLLATE "C") FROM unnest(a.attoptions) o) || ')'), true
    FROM relation c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type y ON y.oid = a.atttypid
    WHERE c.relkind IN ('r', 'p', 'm')
      AND (a.attstattarget >= 0 OR a.attstorage <> y.typstorage OR a.attcompression <> '' OR a.attoptions IS NOT NULL)
    UNION ALL
    SELECT 'options of column', x.relname || '.' || a.attnum, c.name,
      format('ALTER INDEX %I ALTER COLUMN %s SET STATISTICS %s', x.relname, a.attnum, a.attstattarget), true
    FROM relation c JOIN pg_index i ON i.indrelid = c.oid JOIN pg_class x ON x.oid = i.indexrelid
    JOIN pg_attribute a ON a.attrelid = x.oid AND a.attnum > 0 AND a.attstattarget >= 0
    UNION ALL
    SELECT 'clustering', '', c.name, format('ALTER TABLE %s CLUSTER ON %I', c.quoted, x.relname), true
    FROM relation c JOIN pg_index i ON i.indrelid = c.oid AND i.indisclustered JOIN pg_class x ON x.oid = i.indexrelid
    WHERE c.relkind IN ('r', 'p', 'm')
    UNION ALL
    SELECT 'default of column', a.attname::text, c.name,
      format('ALTER VIEW %s ALTER COLUMN %I SET DEFAULT %s', c.quoted, a.attname, pg_get_expr(d.adbin, d.adrelid)), true
    FROM relation c JOIN pg_attrdef d ON d.adrelid = c.oid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.adnum
    WHERE c.relkind = 'v'
    UNION ALL
    SELECT 'state of trigger', g.tgname::text, c.name,
      format('ALTER TABLE %s %s TRIGGER %I', c.quoted,
        CASE g.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, g.tgname), true
    FROM relation c JOIN pg_trigger g ON g.tgrelid = c.oid
    WHERE g.tgenabled <> 'O' AND NOT g.tgisinternal AND NOT \#(OwnNames.triggerCondition("g.tgname"))
    UNION ALL
    SELECT 'replica identity', '', c.name,
      format('ALTER TABLE %s REPLICA IDENTITY %s', c.quoted,
        CASE c.relreplident WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING' ELSE 'USING INDEX ' || (
          SELECT quote_ident(x.relname) FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
          WHERE i.indrelid = c.oid AND i.indisreplident) END), c.relreplident <> 'i' OR EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisreplident)
    FROM relation c WHERE c.relkind IN ('r', 'p') AND c.relreplident <> 'd'
    UNION ALL
    SELECT 'foreign table', '', c.name, 'of the server ' || quote_ident(s.srvname), false
    FROM relation c JOIN pg_foreign_table f ON f.ftrelid = c.oid JOIN pg_foreign_server s ON s.oid = f.ftserver
    UNION ALL
    SELECT 'sequence', coalesce(a.attname::text, c.name), t.relname::text,
      CASE WHEN c.relpersistence = 'u' AND d.deptype IS DISTINCT FROM 'i' THEN 'UNLOGGED ' ELSE '' END
      || format('AS %s START WITH %s INCREMENT BY %s MINVALUE %s MAXVALUE %s CACHE %s%s', format_type(q.seqtypid, NULL),
        q.seqstart, q.seqincrement, q.seqmin, q.seqmax, q.seqcache, CASE WHEN q.seqcycle THEN ' CYCLE' ELSE '' END), true
    FROM relation c JOIN pg_sequence q ON q.seqrelid = c.oid
    LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i')
      AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0
    LEFT JOIN pg_class t ON t.oid = d.refobjid
    LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    UNION ALL
    SELECT 'statistics', s.stxname::text, c.name,
      CASE WHEN starts_with(s.definition, s.place) THEN 'CREATE STATISTICS ' || substr(s.definition, length(s.place) + 1)
        ELSE s.definition END
      || CASE WHEN s.stxstattarget >= 0 THEN format(E';\nALTER STATISTICS %I SET STATISTICS %s', s.stxname, s.stxstattarget)
        ELSE '' END, true
    FROM relation c JOIN (
      SELECT stxname, stxrelid, stxstattarget, pg_get_statisticsobjdef(oid) AS definition,
        'CREATE STATISTICS ' || quote_ident(current_schema()) || '.' AS place FROM pg_statistic_ext) s ON s.stxrelid = c.oid
    """#

  private static let types = #"""
    SELECT 'domain', y.name, NULL,
      format('CREATE DOMAIN %s AS %s', y.quoted, format_type(y.typbasetype, y.typtypmod))
      || CASE WHEN y.typcollation <> b.typcollation THEN ' COLLATE ' || y.typcollation::regcollation::text ELSE '' END
      || coalesce(' DEFAULT ' || pg_get_expr(y.typdefaultbin, 0), '') || CASE WHEN y.typnotnull THEN E'\n  NOT NULL' ELSE '' END
      || coalesce((SELECT string_agg(format(E'\n  CONSTRAINT %I %s', k.conname,
            CASE WHEN k.convalidated THEN pg_get_constraintdef(k.oid)
              ELSE regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', '') END), '' ORDER BY k.conname)
          FROM pg_constraint k WHERE k.contypid = y.oid AND k.contype = 'c'), ''), true
    FROM type y JOIN pg_type b ON b.oid = y.typbasetype WHERE y.typtype = 'd'
    UNION ALL
    SELECT 'composite type', y.name, NULL,
      format('CREATE TYPE %s AS (%s)', y.quoted, (
        SELECT string_agg(format('%I %s%s', a.attname, format_type(a.atttypid, a.atttypmod),
          CASE WHEN a.attcollation <> b.typcollation THEN ' COLLATE ' || a.attcollation::regcollation::text ELSE '' END), ', ' ORDER BY a.attnum)
        FROM pg_attribute a JOIN pg_type b ON b.oid = a.atttypid WHERE a.attrelid = y.typrelid AND a.attnum > 0 AND NOT a.attisdropped)), true
    FROM type y JOIN pg_class c ON c.oid = y.typrelid WHERE c.relkind = 'c'
    UNION ALL
    SELECT 'range type', y.name, NULL,
      format('CREATE TYPE %s AS RANGE (SUBTYPE = %s, SUBTYPE_OPCLASS = %I%s%s)', y.quoted, format_type(r.rngsubtype, NULL), o.opcname,
        CASE WHEN r.rngcollation <> 0 THEN ', COLLATION = ' || r.rngcollation::regcollation::text ELSE '' END,
        CASE WHEN r.rngsubdiff <> 0 THEN ', SUBTYPE_DIFF = ' || r.rngsubdiff::regproc::text ELSE '' END
        || ', MULTIRANGE_TYPE_NAME = ' || quote_ident(m.typname)),
      r.rngcanonical = 0
    FROM type y JOIN pg_range r ON r.rngtypid = y.oid JOIN pg_opclass o ON o.oid = r.rngsubopc
    JOIN pg_type m ON m.oid = r.rngmultitypid
    """#

  private static let otherObjects = #"""
    SELECT 'aggregate', p.proname::text || '(' || pg_get_function_identity_arguments(p.oid) || ')', NULL,
      format('CREATE AGGREGATE %I(%s) (%s)', p.proname, CASE p.pronargs WHEN 0 THEN '*' ELSE pg_get_function_arguments(p.oid) END,
        concat_ws(', ', 'SFUNC = ' || a.aggtransfn::regproc, 'STYPE = ' || format_type(a.aggtranstype, NULL),
          CASE WHEN a.aggfinalfn <> 0 THEN 'FINALFUNC = ' || a.aggfinalfn::regproc END,
          CASE WHEN a.aggcombinefn <> 0 THEN 'COMBINEFUNC = ' || a.aggcombinefn::regproc END,
          'INITCOND = ' || quote_literal(a.agginitval),
          CASE p.proparallel WHEN 's' THEN 'PARALLEL = SAFE' WHEN 'r' THEN 'PARALLEL = RESTRICTED' END)),
      a.aggkind = 'n' AND a.aggmtransfn = 0 AND a.aggsortop = 0 AND a.aggserialfn = 0 AND NOT a.aggfinalextra
        AND a.aggfinalmodify = 'r' AND a.aggtransspace = 0
    FROM pg_proc p JOIN pg_aggregate a ON a.aggfnoid = p.oid
    WHERE p.pronamespace = quote_ident(current_schema())::regnamespace AND NOT EXISTS (
      SELECT 1 FROM pg_depend e WHERE e.classid = 'pg_proc'::regclass AND e.objid = p.oid AND e.deptype = 'e')
    UNION ALL
    SELECT 'event trigger', v.evtname::text, NULL,
      format('CREATE EVENT TRIGGER %I ON %s%s EXECUTE FUNCTION %s()', v.evtname, v.evtevent,
        ' WHEN TAG IN (' || (SELECT string_agg(quote_literal(g), ', ' ORDER BY g COLLATE "C") FROM unnest(v.evttags) g) || ')',
        v.evtfoid::regproc)
      || CASE v.evtenabled WHEN 'O' THEN '' ELSE format(E';\nALTER EVENT TRIGGER %I %s', v.evtname,
        CASE v.evtenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END) END, true
    FROM pg_event_trigger v JOIN pg_proc p ON p.oid = v.evtfoid
    WHERE p.pronamespace = quote_ident(current_schema())::regnamespace AND NOT EXISTS (
      SELECT 1 FROM pg_depend e WHERE e.classid = 'pg_event_trigger'::regclass AND e.objid = v.oid AND e.deptype = 'e')
    UNION ALL
    SELECT 'cast', format_type(t.castsource, NULL) || ' to ' || format_type(t.casttarget, NULL), NULL,
      'made by a statement of its own', false
    FROM pg_cast t JOIN pg_type y ON y.oid = t.castsource JOIN pg_type z ON z.oid = t.casttarget
    LEFT JOIN pg_proc p ON p.oid = t.castfunc
    WHERE quote_ident(current_schema())::regnamespace IN (y.typnamespace, z.typnamespace, p.pronamespace)
      AND NOT EXISTS (
        SELECT 1 FROM pg_depend e WHERE e.classid = 'pg_cast'::regclass AND e.objid = t.oid AND e.deptype IN ('e', 'i'))
    UNION ALL
    SELECT x.kind, x.name, NULL, 'made by a statement of its own', false
    FROM (
      SELECT 'operator' AS kind, o.oid::regoperator::text AS name, 'pg_operator'::regclass AS class, o.oid, o.oprnamespace AS schema FROM pg_operator o
      UNION ALL SELECT 'collation', collname, 'pg_collation'::regclass, oid, collnamespace FROM pg_collation
      UNION ALL SELECT 'text search configuration', cfgname, 'pg_ts_config'::regclass, oid, cfgnamespace FROM pg_ts_config
      UNION ALL SELECT 'text search dictionary', dictname, 'pg_ts_dict'::regclass, oid, dictnamespace FROM pg_ts_dict
      UNION ALL SELECT 'operator class', opcname, 'pg_opclass'::regclass, oid, opcnamespace FROM pg_opclass
    ) x
    WHERE x.schema = quote_ident(current_schema())::regnamespace AND NOT EXISTS (
      SELECT 1 FROM pg_depend e WHERE e.classid = x.class AND e.objid = x.oid AND e.deptype = 'e')
    """#
}
