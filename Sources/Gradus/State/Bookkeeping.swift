/// The tables in which a database records its own schema.
///
/// The first four are the homeserver's, bit for bit; its fifth, `background_updates`, comes with a full schema and is
/// made here where a schema lacks it. What they cannot hold lives in tables prefixed `gradus_`, which an older binary
/// may ignore. Times are milliseconds since 1970.
package enum Bookkeeping {
  /// All tables by name, with the SQL that makes each where it is missing; the same on both engines.
  static let tables: [(name: String, sql: String)] = [
    (
      "schema_version",
      """
      CREATE TABLE IF NOT EXISTS schema_version (
        lock CHAR(1) NOT NULL DEFAULT 'X' UNIQUE,
        version INTEGER NOT NULL,
        upgraded BOOLEAN NOT NULL,
        CHECK (lock = 'X')
      )
      """
    ),
    (
      "schema_compat_version",
      """
      CREATE TABLE IF NOT EXISTS schema_compat_version (
        lock CHAR(1) NOT NULL DEFAULT 'X' UNIQUE,
        compat_version INTEGER NOT NULL,
        CHECK (lock = 'X')
      )
      """
    ),
    (
      "applied_schema_deltas",
      """
      CREATE TABLE IF NOT EXISTS applied_schema_deltas (
        version INTEGER NOT NULL,
        file TEXT NOT NULL,
        UNIQUE (version, file)
      )
      """
    ),
    (
      "applied_module_schemas",
      """
      CREATE TABLE IF NOT EXISTS applied_module_schemas (
        module_name TEXT NOT NULL,
        file TEXT NOT NULL,
        UNIQUE (module_name, file)
      )
      """
    ),
    (
      "gradus_deltas",
      """
      CREATE TABLE IF NOT EXISTS gradus_deltas (
        version INTEGER NOT NULL,
        file TEXT NOT NULL,
        checksum TEXT NOT NULL,
        applied_at BIGINT NOT NULL,
        duration_ms BIGINT NOT NULL,
        applied_by TEXT NOT NULL,
        PRIMARY KEY (version, file)
      )
      """
    ),
    (
      "gradus_delta_attempts",
      """
      CREATE TABLE IF NOT EXISTS gradus_delta_attempts (
        file TEXT NOT NULL PRIMARY KEY,
        started_at BIGINT NOT NULL,
        started_by TEXT NOT NULL
      )
      """
    ),
    (
      "gradus_migrations",
      """
      CREATE TABLE IF NOT EXISTS gradus_migrations (
        name TEXT NOT NULL PRIMARY KEY,
        completed_at BIGINT NOT NULL,
        version INTEGER NOT NULL,
        completed_by TEXT NOT NULL
      )
      """
    ),
    (
      "gradus_watermarks",
      """
      CREATE TABLE IF NOT EXISTS gradus_watermarks (
        table_name TEXT NOT NULL PRIMARY KEY,
        position BIGINT NOT NULL
      )
      """
    ),
    // The gradual migrations whose guards are there, and what they were made of.
    (
      "gradus_guards",
      """
      CREATE TABLE IF NOT EXISTS gradus_guards (
        migration TEXT NOT NULL PRIMARY KEY,
        checksum TEXT NOT NULL,
        installed_at BIGINT NOT NULL,
        version INTEGER NOT NULL,
        installed_by TEXT NOT NULL
      )
      """
    ),
    (
      "gradus_guard_triggers",
      """
      CREATE TABLE IF NOT EXISTS gradus_guard_triggers (
        name TEXT NOT NULL PRIMARY KEY,
        migration TEXT NOT NULL,
        table_name TEXT NOT NULL,
        update_name TEXT NOT NULL,
        queue_table TEXT
      )
      """
    ),
    // Left by guards for updates that are queued already: where each has to go on before it may end. Without a key, so
    // that writers never wait for each other here.
    (
      "gradus_stale_marks",
      """
      CREATE TABLE IF NOT EXISTS gradus_stale_marks (
        update_name TEXT NOT NULL,
        position BIGINT,
        progress TEXT NOT NULL
      )
      """
    ),
    (
      "gradus_updates",
      """
      CREATE TABLE IF NOT EXISTS gradus_updates (
        update_name TEXT NOT NULL PRIMARY KEY,
        scanned BIGINT NOT NULL DEFAULT 0,
        written BIGINT NOT NULL DEFAULT 0,
        batches BIGINT NOT NULL DEFAULT 0,
        duration_ms DOUBLE PRECISION NOT NULL DEFAULT 0,
        skipped TEXT NOT NULL DEFAULT '{}',
        started_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL,
        average_rows DOUBLE PRECISION,
        average_ms DOUBLE PRECISION,
        batch_size BIGINT
      )
      """
    ),
    (
      "gradus_update_certificates",
      """
      CREATE TABLE IF NOT EXISTS gradus_update_certificates (
        update_name TEXT NOT NULL PRIMARY KEY,
        started_at BIGINT,
        completed_at BIGINT NOT NULL,
        version INTEGER,
        completed_by TEXT NOT NULL,
        scanned BIGINT NOT NULL,
        written BIGINT NOT NULL,
        batches BIGINT NOT NULL DEFAULT 0,
        duration_ms DOUBLE PRECISION NOT NULL,
        skipped TEXT NOT NULL DEFAULT '{}',
        verified TEXT NOT NULL
      )
      """
    ),
    // One row an update, and one named '*' for all.
    (
      "gradus_update_controls",
      """
      CREATE TABLE IF NOT EXISTS gradus_update_controls (
        update_name TEXT NOT NULL PRIMARY KEY,
        priority INTEGER NOT NULL DEFAULT 0,
        paused_at BIGINT,
        paused_by TEXT,
        parked_at BIGINT,
        parked_by TEXT,
        parked_reason TEXT,
        parked_progress TEXT
      )
      """
    ),
    // Part 0 stands for a whole update; ranges that several workers share count from 1.
    (
      "gradus_update_leases",
      """
      CREATE TABLE IF NOT EXISTS gradus_update_leases (
        update_name TEXT NOT NULL,
        part BIGINT NOT NULL,
        progress TEXT NOT NULL DEFAULT '{}',
        lower_key TEXT,
        upper_key TEXT,
        remaining BIGINT NOT NULL DEFAULT 0,
        scanned BIGINT NOT NULL DEFAULT 0,
        written BIGINT NOT NULL DEFAULT 0,
        batches BIGINT NOT NULL DEFAULT 0,
        duration_ms DOUBLE PRECISION NOT NULL DEFAULT 0,
        skipped TEXT,
        holder TEXT,
        backend INTEGER,
        expires_at BIGINT NOT NULL,
        PRIMARY KEY (update_name, part)
      )
      """
    ),
    (
      "gradus_workers",
      """
      CREATE TABLE IF NOT EXISTS gradus_workers (
        worker TEXT NOT NULL PRIMARY KEY,
        started_at BIGINT NOT NULL,
        seen_at BIGINT NOT NULL,
        update_name TEXT,
        state TEXT NOT NULL,
        health TEXT NOT NULL
      )
      """
    ),
  ]

  /// The names of those that Gradus makes by itself, whatever a full schema brings.
  package static var names: Set<String> { Set(tables.map(\.name)) }

  /// Those, and the queue of updates, which may come with a full schema.
  package static var namesWithQueue: Set<String> { names.union(["background_updates"]) }

  /// Columns that joined a table after it was first made somewhere.
  static let laterColumns: [(table: String, column: String, type: String)] = [
    ("gradus_updates", "average_rows", "DOUBLE PRECISION"),
    ("gradus_updates", "average_ms", "DOUBLE PRECISION"),
    ("gradus_updates", "batch_size", "BIGINT"),
    ("gradus_update_leases", "lower_key", "TEXT"),
    ("gradus_update_leases", "skipped", "TEXT"),
    ("gradus_update_controls", "parked_progress", "TEXT"),
  ]

  /// The queue, for schemas whose full schema does not bring it.
  static let queue = """
    CREATE TABLE IF NOT EXISTS background_updates (
      update_name TEXT NOT NULL,
      progress_json TEXT NOT NULL,
      depends_on TEXT,
      ordering INTEGER NOT NULL DEFAULT 0,
      CONSTRAINT background_updates_uniqueness UNIQUE (update_name)
    )
    """
}
