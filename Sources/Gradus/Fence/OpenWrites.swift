import GradusSQL

/// Transactions on PostgreSQL that write tables and have not ended.
///
/// The announcement of a process that is killed ends at once, while the server goes on with the statement that it is at, and
/// may commit it. What is prepared is committed by whoever comes, long after.
enum OpenWrites {
  /// Who has one, by the transaction.
  ///
  /// - Parameter tables: the tables, as far as they are there. What writes a partition directly has that one locked alone.
  static func read(of tables: [String], _ connection: Connection) throws -> [String: String] {
    guard connection.engine == .postgres, !tables.isEmpty else { return [:] }
    let rows = try connection.query(
      """
      WITH RECURSIVE source (oid) AS (
        SELECT to_regclass(quote_ident(t.name))::oid FROM unnest($1::text[]) AS t (name)
        UNION SELECT i.inhrelid FROM pg_inherits i JOIN source s ON i.inhparent = s.oid
      )
      SELECT DISTINCT l.virtualtransaction, coalesce('the prepared transaction "' || p.gid || '"',
        'server process ' || l.pid || coalesce(' of ' || nullif(a.application_name, ''), ''), 'a prepared transaction')
      FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
      LEFT JOIN pg_locks x ON l.pid IS NULL AND x.pid IS NULL AND x.locktype = 'transactionid' AND x.granted
        AND x.virtualtransaction = l.virtualtransaction
      LEFT JOIN pg_prepared_xacts p ON p.transaction = x.transactionid
      WHERE l.locktype = 'relation' AND l.granted AND l.mode = 'RowExclusiveLock'
        AND l.pid IS DISTINCT FROM pg_backend_pid()
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND l.relation IN (SELECT oid FROM source)
      """, [.textArray(tables)])
    return Dictionary(
      try rows.map { (try $0.text(0), try $0.text(1)) }, uniquingKeysWith: { first, _ in first })
  }
}
