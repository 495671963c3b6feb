import GradusSQL

/// What only slows rows down, or refuses them by the order they come in: foreign keys, triggers and indexes that are not
/// unique. It goes before the first row and is made again after the last, which an owner of the tables may do.
///
/// Rows may then come in any order, through references to themselves and around in circles, and a key is checked once
/// for all rows. Triggers have done their work in the source; here they would do it twice.
enum SetAside {
  /// The tables that nobody but Gradus writes, as SQL; an application may have others whose names begin alike.
  private static let ownTables = OwnTables.prefixed.sorted().map(SQLText.literal).joined(separator: ", ")

  private static let indexes = """
    pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
      WHERE t.relnamespace = quote_ident(current_schema())::regnamespace AND t.relname NOT IN (\(ownTables))
        AND t.relkind = 'r' AND NOT t.relispartition AND NOT i.indisunique AND i.indisvalid
        AND NOT i.indisreplident AND NOT i.indisclustered
        AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)
    """

  private static let foreignKeys = """
    pg_constraint k JOIN pg_class t ON t.oid = k.conrelid
      WHERE t.relnamespace = quote_ident(current_schema())::regnamespace AND k.contype = 'f' AND k.conparentid = 0
    """

  /// Those of views write elsewhere instead, and cannot be switched off; no row is copied through a view.
  private static let triggers = """
    pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid
      WHERE t.relnamespace = quote_ident(current_schema())::regnamespace AND t.relkind IN ('r', 'p', 'f')
    """

  private static let stateOfTrigger = """
    CASE g.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'A' THEN 'ENABLE ALWAYS' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE' END
    """

  /// Each with what takes it away, NULL where that goes with something else, and what makes it again, in the order of
  /// making: a foreign key wants its rows' index.
  private static let queries = [
    """
    SELECT 'index ' || x.relname || ' of ' || t.relname, format('DROP INDEX %I', x.relname), pg_get_indexdef(i.indexrelid)
    FROM \(indexes)
    ORDER BY x.relname
    """,
    """
    SELECT 'statistics target of index ' || x.relname, NULL,
      format('ALTER INDEX %I ALTER COLUMN %s SET STATISTICS %s', x.relname, a.attnum, a.attstattarget)
    FROM pg_attribute a, \(indexes) AND a.attrelid = x.oid AND a.attstattarget >= 0
    ORDER BY x.relname, a.attnum
    """,
    """
    SELECT 'comment on index ' || x.relname, NULL, format('COMMENT ON INDEX %I IS %L', x.relname, d.description)
    FROM pg_description d, \(indexes) AND d.objoid = x.oid AND d.classoid = 'pg_class'::regclass AND d.objsubid = 0
    ORDER BY x.relname
    """,
    """
    SELECT 'foreign key ' || k.conname || ' of ' || t.relname,
      format('ALTER TABLE %I DROP CONSTRAINT %I', t.relname, k.conname),
      format('ALTER TABLE %I ADD CONSTRAINT %I %s', t.relname, k.conname, pg_get_constraintdef(k.oid))
    FROM \(foreignKeys)
    ORDER BY t.relname, k.conname
    """,
    """
    SELECT 'comment on foreign key ' || k.conname || ' of ' || t.relname, NULL,
      format('COMMENT ON CONSTRAINT %I ON %I IS %L', k.conname, t.relname, d.description)
    FROM pg_description d, \(foreignKeys) AND d.objoid = k.oid AND d.classoid = 'pg_constraint'::regclass
    ORDER BY t.relname, k.conname
    """,
    """
    SELECT 'trigger ' || g.tgname || ' of ' || t.relname,
      format('ALTER TABLE %I DISABLE TRIGGER %I', t.relname, g.tgname),
      format('ALTER TABLE %I %s TRIGGER %I', t.relname, \(stateOfTrigger), g.tgname)
    FROM \(triggers) AND NOT g.tgisinternal AND g.tgenabled <> 'D' AND g.tgparentid = 0
    ORDER BY t.relname, g.tgname
    """,
    // With that of a partitioned table go those of its partitions, also where their states are others.
    """
    SELECT 'trigger ' || g.tgname || ' of ' || t.relname,
      format('ALTER TABLE %I DISABLE TRIGGER %I', t.relname, g.tgname),
      format('ALTER TABLE %I %s TRIGGER %I', t.relname, \(stateOfTrigger), g.tgname)
    FROM pg_trigger p, \(triggers) AND p.oid = g.tgparentid AND p.tgenabled <> g.tgenabled
      AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.oid = g.tgconstraint AND k.contype <> 't')
    ORDER BY (SELECT count(*) FROM pg_partition_ancestors(t.oid)), t.relname, g.tgname
    """,
  ]

  /// Takes everything away that is there, and notes it.
  static func takeAway(_ connection: Connection) throws {
    // All before the first goes, as some go with others.
    let rows = try queries.flatMap { try connection.query($0) }
    // Before what an interrupted run has not made again yet, which followed all that it had.
    let first =
      try connection.queryRow("SELECT coalesce(min(number), 0) FROM gradus_port_set_aside")?.integer(0) ?? 0
    for (index, row) in rows.enumerated() {
      let number = first - Int64(rows.count - index)
      try connection.execute(
        "INSERT INTO gradus_port_set_aside (number, name, sql) VALUES ($1, $2, $3)",
        [.integer(number), .text(try row.text(0)), .text(try row.text(2))])
      if let sql = row[1].text { try connection.execute(sql) }
    }
  }

  /// What has to be made again, in order.
  static func missing(_ connection: Connection) throws -> [(number: Int64, name: String, sql: String)] {
    try connection.query("SELECT number, name, sql FROM gradus_port_set_aside ORDER BY number").map {
      (try $0.integer(0), try $0.text(1), try $0.text(2))
    }
  }

  /// Makes one thing again, with its record.
  static func restore(_ number: Int64, _ name: String, _ sql: String, _ connection: Connection) throws {
    do {
      try connection.transaction { connection in
        try connection.execute(sql)
        try connection.execute("DELETE FROM gradus_port_set_aside WHERE number = $1", [.integer(number)])
      }
    } catch var error as SQLError where error.isOfRows {
      error.message = "the rows of the source break the \(name): \(error.message)"
      error.hint =
        if error.code == .foreignKeyViolation {
          "mend the source's rows (PRAGMA foreign_key_check finds them), or copy what they refer to, of which --leave-out and --on-nul leave-out-row leave something out; then port with --start-over"
        } else if error.isOfSize {
          "shorten the longest values of what it indexes in the source, then port with --start-over"
        } else {
          "mend the source's rows, then port with --start-over"
        }
      throw error
    }
  }
}
