import GradusSQL

/// What only slows rows down, or refuses them by the order they come in: foreign keys, triggers and indexes that are not
/// unique. It goes before the first row and is made again after the last, which an owner of the tables may do.
///
/// Rows may then come in any order, through references to themselves and around in circles, and a key is checked once
/// for all rows. Triggers have done their work in the source; here they would do it twice.
enum SetAside {
  /// The tables that nobody but Gradus writes, as SQL; an application may have others whose names begin alike.
  private static let ownTables = OwnTables.prefixed.sorted().map(SQLText.literal).joined(separator: ", ")

  /// Each with what takes it away and what makes it again, in the order of making: a foreign key wants its rows'
  /// index.
  private static let queries = [
    """
    SELECT 'index ' || x.relname || ' of ' || t.relname, format('DROP INDEX %I', x.relname), pg_get_indexdef(i.indexrelid)
    FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
    WHERE t.relnamespace = quote_ident(current_schema())::regnamespace AND t.relname NOT IN (\(ownTables))
      AND t.relkind = 'r' AND NOT t.relispartition AND NOT i.indisunique AND i.indisvalid
      AND NOT i.indisreplident AND NOT i.indisclustered
      AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)
    ORDER BY x.relname
    """,
    """
    SELECT 'foreign key ' || k.conname || ' of ' || t.relname,
      format('ALTER TABLE %I DROP CONSTRAINT %I', t.relname, k.conname),
      format('ALTER TABLE %I ADD CONSTRAINT %I %s', t.relname, k.conname, pg_get_constraintdef(k.oid))
    FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid
    WHERE t.relnamespace = quote_ident(current_schema())::regnamespace AND k.contype = 'f' AND k.conparentid = 0
    ORDER BY t.relname, k.conname
    """,
    """
    SELECT 'trigger ' || g.tgname || ' of ' || t.relname,
      format('ALTER TABLE %I DISABLE TRIGGER %I', t.relname, g.tgname),
      format('ALTER TABLE %I ENABLE %s TRIGGER %I', t.relname,
        CASE g.tgenabled WHEN 'A' THEN 'ALWAYS' WHEN 'R' THEN 'REPLICA' ELSE '' END, g.tgname)
    FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid
    WHERE t.relnamespace = quote_ident(current_schema())::regnamespace AND NOT g.tgisinternal AND g.tgenabled <> 'D'
      AND g.tgparentid = 0
    ORDER BY t.relname, g.tgname
    """,
  ]

  /// Takes everything away that is there, and notes it.
  static func takeAway(_ connection: Connection) throws {
    var number =
      try connection.queryRow("SELECT coalesce(max(number), 0) FROM gradus_port_set_aside")?.integer(0) ?? 0
    for query in queries {
      for row in try connection.query(query) {
        number += 1
        try connection.execute(
          "INSERT INTO gradus_port_set_aside (number, name, sql) VALUES ($1, $2, $3)",
          [.integer(number), .text(try row.text(0)), .text(try row.text(2))])
        try connection.execute(try row.text(1))
      }
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
          "mend the source's rows (PRAGMA foreign_key_check finds them), or copy the table that they refer to; then port with --start-over"
        } else if error.isOfSize {
          "shorten the longest values of what it indexes in the source, then port with --start-over"
        } else {
          "mend the source's rows, then port with --start-over"
        }
      throw error
    }
  }
}
