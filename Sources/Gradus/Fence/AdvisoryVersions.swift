import GradusSQL

/// Who holds the locks of versions and fences on PostgreSQL.
enum AdvisoryVersions {
  /// The holders, of whichever number, in order.
  static func read(_ kind: LiveKind, _ connection: Connection) throws -> [VersionHolder] {
    let key = try AdvisoryKey.read(kind, 0, connection)
    let rows = try connection.query(
      """
      SELECT l.objid::bigint, coalesce(a.application_name, ''), coalesce(l.pid, 0)::bigint,
        CASE WHEN a.backend_start IS NULL THEN 'a host that this role may not see'
          ELSE coalesce(a.client_hostname, host(a.client_addr), 'a local socket') END,
        (extract(epoch FROM a.backend_start) * 1000)::bigint
      FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
      WHERE l.locktype = 'advisory' AND l.granted AND l.mode = 'ShareLock'
        AND l.classid = $1::bigint::oid AND l.objsubid = 2
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      ORDER BY 1, 3
      """, [.integer(Int64(key.space))])
    return try rows.map { row in
      VersionHolder(
        version: Int(try row.integer(0)), name: try row.text(1), process: Int(try row.integer(2)),
        host: try row.text(3), since: row[4].integer.map { .init(timeIntervalSince1970: Double($0) / 1000) },
        engine: .postgres)
    }
  }
}
