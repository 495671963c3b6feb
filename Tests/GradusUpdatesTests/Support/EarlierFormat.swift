import GradusSQL

/// Databases as earlier states of Gradus left them, written out: what is there does not change with the code.
///
/// Forty numbers are to be doubled, of which the first 25 are; another update is parked, where that was recorded yet.
enum EarlierFormat: CaseIterable, Sendable {
  /// One process ran updates, and only how much it did was recorded.
  case oneProcess
  /// Workers shared updates by ranges that did not say where they were cut.
  case ranges
  /// They said it. That an update was parked did not say at which progress.
  case startsOfRanges

  /// Whether updates may be parked and shared, and are certified.
  var hasWorkers: Bool { self != .oneProcess }

  func make(_ connection: Connection) throws {
    try connection.executeScript(Self.application + Self.bookkeeping)
    if hasWorkers { try connection.executeScript(Self.workers) }
    if self == .startsOfRanges {
      try connection.executeScript(
        """
        ALTER TABLE gradus_update_leases ADD COLUMN lower_key TEXT;
        ALTER TABLE gradus_update_leases ADD COLUMN skipped TEXT;
        """)
    }
    try connection.executeScript(rows(connection.engine))
  }

  /// On PostgreSQL with ranges, of which one is done and the next one half done.
  private func rows(_ engine: Engine) -> String {
    let isShared = hasWorkers && engine == .postgres
    var sql = """
      INSERT INTO background_updates (update_name, progress_json, ordering)
        VALUES ('double', '{"last":[\(isShared ? 9 : 24)]}', 200), ('failing', '{}', 201);
      """
    guard hasWorkers else {
      sql += """
        INSERT INTO gradus_updates (update_name, scanned, written, batches, duration_ms, started_at, updated_at)
          VALUES ('double', 25, 25, 3, 12.5, 1, 2);
        """
      return sql
    }
    // A range that is done has been counted already.
    let counted = isShared ? (self == .ranges ? 20 : 10) : 25
    sql += """
      INSERT INTO gradus_updates (update_name, scanned, written, batches, duration_ms, skipped, started_at, updated_at,
        average_rows, average_ms, batch_size) VALUES ('double', \(counted), \(counted), 2, 12.5, '{}', 1, 2, 10, 5, 10);
      INSERT INTO gradus_update_controls (update_name, parked_at, parked_by, parked_reason)
        VALUES ('failing', 1, 'somebody', 'of that time');
      INSERT INTO gradus_update_certificates (update_name, completed_at, completed_by, scanned, written, duration_ms,
        verified) VALUES ('earlier', 1, 'somebody', 7, 7, 1, 'nothing');
      """
    guard isShared else { return sql }
    sql += """
      INSERT INTO gradus_update_leases (update_name, part, progress, upper_key, remaining, scanned, holder, backend,
        expires_at) VALUES
        ('double', 1, '{"last":[19]}', '{"last":[19]}', 0, \(20 - counted), NULL, NULL, 0),
        ('double', 2, '{"last":[24]}', '{"last":[29]}', 5, 5, 'gone', 1, 0);
      """
    guard self == .startsOfRanges else { return sql }
    sql += """
      UPDATE gradus_update_leases SET skipped = '{}',
        lower_key = CASE part WHEN 1 THEN '{"last":[9]}' ELSE '{"last":[19]}' END;
      """
    return sql
  }

  private static let application = """
    CREATE TABLE numbers (b BIGINT NOT NULL PRIMARY KEY, double BIGINT);
    WITH RECURSIVE n (b) AS (SELECT 0 UNION ALL SELECT b + 1 FROM n WHERE b < 39)
    INSERT INTO numbers (b, double) SELECT b, CASE WHEN b < 25 THEN 2 * b END FROM n;
    """

  private static let bookkeeping = """
    CREATE TABLE schema_version (lock CHAR(1) NOT NULL DEFAULT 'X' UNIQUE, version INTEGER NOT NULL,
      upgraded BOOLEAN NOT NULL, CHECK (lock = 'X'));
    CREATE TABLE schema_compat_version (lock CHAR(1) NOT NULL DEFAULT 'X' UNIQUE, compat_version INTEGER NOT NULL,
      CHECK (lock = 'X'));
    CREATE TABLE applied_schema_deltas (version INTEGER NOT NULL, file TEXT NOT NULL, UNIQUE (version, file));
    CREATE TABLE applied_module_schemas (module_name TEXT NOT NULL, file TEXT NOT NULL, UNIQUE (module_name, file));
    CREATE TABLE background_updates (update_name TEXT NOT NULL, progress_json TEXT NOT NULL, depends_on TEXT,
      ordering INTEGER NOT NULL DEFAULT 0, CONSTRAINT background_updates_uniqueness UNIQUE (update_name));
    CREATE TABLE gradus_deltas (version INTEGER NOT NULL, file TEXT NOT NULL, checksum TEXT NOT NULL,
      applied_at BIGINT NOT NULL, duration_ms BIGINT NOT NULL, applied_by TEXT NOT NULL, PRIMARY KEY (version, file));
    CREATE TABLE gradus_delta_attempts (file TEXT NOT NULL PRIMARY KEY, started_at BIGINT NOT NULL,
      started_by TEXT NOT NULL);
    CREATE TABLE gradus_migrations (name TEXT NOT NULL PRIMARY KEY, completed_at BIGINT NOT NULL,
      version INTEGER NOT NULL, completed_by TEXT NOT NULL);
    CREATE TABLE gradus_watermarks (table_name TEXT NOT NULL PRIMARY KEY, position BIGINT NOT NULL);
    CREATE TABLE gradus_updates (update_name TEXT NOT NULL PRIMARY KEY, scanned BIGINT NOT NULL DEFAULT 0,
      written BIGINT NOT NULL DEFAULT 0, batches BIGINT NOT NULL DEFAULT 0,
      duration_ms DOUBLE PRECISION NOT NULL DEFAULT 0, skipped TEXT NOT NULL DEFAULT '{}', started_at BIGINT NOT NULL,
      updated_at BIGINT NOT NULL, completed_at BIGINT, completed_by TEXT);
    INSERT INTO schema_version (version, upgraded) VALUES (1, TRUE);
    INSERT INTO schema_compat_version (compat_version) VALUES (1);
    INSERT INTO applied_schema_deltas (version, file) VALUES (1, '1/01_before.sql');
    INSERT INTO gradus_deltas (version, file, checksum, applied_at, duration_ms, applied_by)
      VALUES (1, '1/01_before.sql', 'fnv1a:0000000000000000', 1, 1, 'somebody');
    """

  private static let workers = """
    ALTER TABLE gradus_updates DROP COLUMN completed_at;
    ALTER TABLE gradus_updates DROP COLUMN completed_by;
    ALTER TABLE gradus_updates ADD COLUMN average_rows DOUBLE PRECISION;
    ALTER TABLE gradus_updates ADD COLUMN average_ms DOUBLE PRECISION;
    ALTER TABLE gradus_updates ADD COLUMN batch_size BIGINT;
    CREATE TABLE gradus_guards (migration TEXT NOT NULL PRIMARY KEY, checksum TEXT NOT NULL,
      installed_at BIGINT NOT NULL, version INTEGER NOT NULL, installed_by TEXT NOT NULL);
    CREATE TABLE gradus_guard_triggers (name TEXT NOT NULL PRIMARY KEY, migration TEXT NOT NULL,
      table_name TEXT NOT NULL, update_name TEXT NOT NULL, queue_table TEXT);
    CREATE TABLE gradus_stale_marks (update_name TEXT NOT NULL, position BIGINT, progress TEXT NOT NULL);
    CREATE TABLE gradus_update_certificates (update_name TEXT NOT NULL PRIMARY KEY, started_at BIGINT,
      completed_at BIGINT NOT NULL, version INTEGER, completed_by TEXT NOT NULL, scanned BIGINT NOT NULL,
      written BIGINT NOT NULL, batches BIGINT NOT NULL DEFAULT 0, duration_ms DOUBLE PRECISION NOT NULL,
      skipped TEXT NOT NULL DEFAULT '{}', verified TEXT NOT NULL);
    CREATE TABLE gradus_update_controls (update_name TEXT NOT NULL PRIMARY KEY, priority INTEGER NOT NULL DEFAULT 0,
      paused_at BIGINT, paused_by TEXT, parked_at BIGINT, parked_by TEXT, parked_reason TEXT);
    CREATE TABLE gradus_update_leases (update_name TEXT NOT NULL, part BIGINT NOT NULL,
      progress TEXT NOT NULL DEFAULT '{}', upper_key TEXT, remaining BIGINT NOT NULL DEFAULT 0,
      scanned BIGINT NOT NULL DEFAULT 0, written BIGINT NOT NULL DEFAULT 0, batches BIGINT NOT NULL DEFAULT 0,
      duration_ms DOUBLE PRECISION NOT NULL DEFAULT 0, holder TEXT, backend INTEGER, expires_at BIGINT NOT NULL,
      PRIMARY KEY (update_name, part));
    CREATE TABLE gradus_workers (worker TEXT NOT NULL PRIMARY KEY, started_at BIGINT NOT NULL, seen_at BIGINT NOT NULL,
      update_name TEXT, state TEXT NOT NULL, health TEXT NOT NULL);
    """

  /// What a program of the format with ranges writes: after a rollback to it, or beside the newest.
  static let writes = """
    INSERT INTO background_updates (update_name, progress_json, depends_on, ordering)
      VALUES ('double', '{}', NULL, 200);
    INSERT INTO gradus_updates (update_name, scanned, written, batches, duration_ms, skipped, started_at, updated_at,
      average_rows, average_ms, batch_size) VALUES ('double', 10, 10, 1, 5.5, '{}', 1, 2, 10, 5, 10)
      ON CONFLICT (update_name) DO UPDATE SET scanned = excluded.scanned;
    INSERT INTO gradus_update_leases (update_name, part, holder, backend, expires_at) VALUES ('double', 0, 'w', 1, 0);
    INSERT INTO gradus_update_leases (update_name, part, progress, upper_key, remaining, holder, backend, expires_at)
      VALUES ('double', 1, '{}', '{"last":[9]}', 10, 'w', 1, 0);
    INSERT INTO gradus_update_controls (update_name) VALUES ('double');
    UPDATE gradus_update_controls SET parked_at = 1, parked_by = 'w', parked_reason = 'r' WHERE update_name = 'double';
    UPDATE gradus_update_controls SET parked_at = NULL, parked_by = NULL, parked_reason = NULL;
    INSERT INTO gradus_update_certificates (update_name, started_at, completed_at, version, completed_by, scanned,
      written, batches, duration_ms, skipped, verified) VALUES ('earlier', 1, 2, 1, 'w', 1, 1, 1, 1.5, '{}', 'v');
    INSERT INTO gradus_workers (worker, started_at, seen_at, update_name, state, health)
      VALUES ('w', 1, 2, 'double', 'running', '[]');
    INSERT INTO gradus_deltas (version, file, checksum, applied_at, duration_ms, applied_by)
      VALUES (2, '2/02_x.sql', 'fnv1a:0000000000000000', 1, 1, 'w');
    INSERT INTO gradus_delta_attempts (file, started_at, started_by) VALUES ('2/03_x.sql', 1, 'w');
    DELETE FROM gradus_delta_attempts WHERE file = '2/03_x.sql';
    INSERT INTO gradus_migrations (name, completed_at, version, completed_by) VALUES ('m', 1, 1, 'w');
    INSERT INTO gradus_watermarks (table_name, position) VALUES ('t', 1);
    INSERT INTO gradus_guards (migration, checksum, installed_at, version, installed_by) VALUES ('m', 'c', 1, 2, 'w');
    INSERT INTO gradus_guard_triggers (name, migration, table_name, update_name, queue_table)
      VALUES ('g', 'm', 't', 'double', NULL);
    INSERT INTO gradus_stale_marks (update_name, position, progress) VALUES ('double', 1, '{}');
    """
}
