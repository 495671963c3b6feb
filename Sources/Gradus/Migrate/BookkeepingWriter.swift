import GradusSQL

/// Writes the bookkeeping rows; each call belongs into the transaction of what it records.
struct BookkeepingWriter {
  let connection: Connection

  func createTables(withQueue: Bool) throws {
    for table in Bookkeeping.tables { try connection.execute(table.sql) }
    for (table, column, type) in try BookkeepingTables.missingColumns(connection) {
      try connection.execute("ALTER TABLE \(table) ADD COLUMN \(column) \(type)")
    }
    if withQueue { try connection.execute(Bookkeeping.queue) }
    try setReplicaIdentity()
  }

  /// Lets rows be deleted from the table without a key where all tables are published, unless somebody has seen to it.
  func setReplicaIdentity() throws {
    guard connection.engine == .postgres else { return }
    let table = "gradus_stale_marks"
    guard
      try connection.queryRow(
        "SELECT 1 FROM pg_class WHERE oid = to_regclass('\(table)') AND relreplident = 'd'") != nil
    else { return }
    try connection.execute("ALTER TABLE \(table) REPLICA IDENTITY FULL")
  }

  func record(_ version: DatabaseState.Version) throws {
    try connection.execute("DELETE FROM schema_version")
    try connection.execute(
      "INSERT INTO schema_version (version, upgraded) VALUES ($1, $2)",
      [SQLValue(version.number), SQLValue(version.isUpgraded)])
  }

  /// Never lowers it: another process may have raised it further since the plan was made.
  func raiseCompat(to compat: Int) throws {
    let rows = try connection.query("SELECT compat_version FROM schema_compat_version")
    if let current = try rows.map({ try $0.integer(0) }).max(), current >= compat { return }
    try BookkeepingTables.setCompat(compat, on: connection)
  }

  /// A delta that was applied in this transaction.
  struct AppliedDelta {
    let file: SchemaFile
    let checksum: String
    let duration: Duration
  }

  /// Records deltas; on PostgreSQL in one round trip.
  func record(_ deltas: [AppliedDelta]) throws {
    let details = "gradus_deltas (version, file, checksum, applied_at, duration_ms, applied_by)"
    let anew = """
      ON CONFLICT (version, file) DO UPDATE SET checksum = excluded.checksum, applied_at = excluded.applied_at,
        duration_ms = excluded.duration_ms, applied_by = excluded.applied_by
      """
    let (now, process) = (ProcessIdentity.now, ProcessIdentity.current)
    switch connection.engine {
    case .sqlite:
      for delta in deltas {
        let key = [SQLValue(delta.file.version), .text(delta.file.recordedName)]
        try connection.execute("INSERT INTO applied_schema_deltas (version, file) VALUES ($1, $2)", key)
        try connection.execute(
          "INSERT INTO \(details) VALUES ($1, $2, $3, $4, $5, $6) \(anew)",
          key + [
            .text(delta.checksum), .integer(now), SQLValue(delta.duration.milliseconds), .text(process),
          ])
      }
    case .postgres:
      guard !deltas.isEmpty else { return }
      try connection.execute(
        """
        WITH delta AS (
          SELECT * FROM unnest($1::integer[], $2::text[], $3::text[], $4::bigint[]) AS d (version, file, checksum, duration)
        ), applied AS (
          INSERT INTO applied_schema_deltas (version, file) SELECT version, file FROM delta
        )
        INSERT INTO \(details) SELECT version, file, checksum, $5, duration, $6 FROM delta \(anew)
        """,
        [
          .integerArray(deltas.map { Int64($0.file.version) }), .textArray(deltas.map(\.file.recordedName)),
          .textArray(deltas.map(\.checksum)), .integerArray(deltas.map { Int64($0.duration.milliseconds) }),
          .integer(now), .text(process),
        ])
    }
  }

  func recordAttempt(_ file: SchemaFile) throws {
    try connection.execute(
      "INSERT INTO gradus_delta_attempts (file, started_at, started_by) VALUES ($1, $2, $3)",
      [.text(file.recordedName), .integer(ProcessIdentity.now), .text(ProcessIdentity.current)])
  }

  /// - Returns: whether there was one.
  @discardableResult
  func forgetAttempt(_ recordedName: String) throws -> Bool {
    try connection.execute("DELETE FROM gradus_delta_attempts WHERE file = $1", [.text(recordedName)]) > 0
  }

  /// Records a delta whose file is not there, so that nobody runs it should the file come back.
  func record(withoutFile recordedName: String) throws {
    guard let version = Int(recordedName.prefix { $0 != "/" }) else { return }
    try connection.execute(
      "INSERT INTO applied_schema_deltas (version, file) VALUES ($1, $2) ON CONFLICT DO NOTHING",
      [SQLValue(version), .text(recordedName)])
  }

  func isRecorded(_ delta: SchemaFile) throws -> Bool {
    try connection.queryRow(
      "SELECT 1 FROM applied_schema_deltas WHERE version = $1 AND file = $2",
      [SQLValue(delta.version), .text(delta.recordedName)]) != nil
  }

  /// Waits for batches of an update that are under way, and keeps the next from beginning before this transaction ends: a
  /// batch has its row of the queue locked, or where workers share the update by ranges, its range's.
  ///
  /// Guards of older writers, which queue the update with the keys locked that they have made stale, do not wait for it.
  /// Who first writes the row, and then goes on to such keys, and such a writer would wait for each other.
  func lock(update name: String) throws {
    guard connection.engine == .postgres else { return }
    _ = try connection.query(
      "SELECT 1 FROM background_updates WHERE update_name = $1 FOR UPDATE", [.text(name)])
    _ = try connection.query(
      "SELECT 1 FROM gradus_update_leases WHERE update_name = $1 ORDER BY part FOR UPDATE", [.text(name)])
  }

  /// As `lock`, and writes the row: a batch whose snapshot is older than this transaction then fails on it, and begins anew;
  /// and an update that has been found to have nothing left, but is not ended yet, is looked at once more.
  /// Guards wait for it, so that it comes after all else that may be waited for.
  ///
  /// - Returns: whether the update is queued.
  @discardableResult
  func holdOff(update name: String) throws -> Bool {
    if connection.engine == .sqlite {
      // Its rows do not tell that they were written as they were.
      try connection.execute(
        "UPDATE gradus_updates SET updated_at = updated_at + 1 WHERE update_name = $1", [.text(name)])
    }
    return try connection.execute(
      "UPDATE background_updates SET progress_json = progress_json WHERE update_name = $1", [.text(name)]) > 0
  }

  /// Queues an update; a row of its name that is there already stays as it is. One that a batch is about to take off the
  /// queue is waited for, as the batch knows nothing of what it is queued for now.
  func queue(_ update: QueuedUpdate) throws {
    guard try !holdOff(update: update.name) else { return }
    let count = try connection.execute(
      """
      INSERT INTO background_updates (update_name, progress_json, depends_on, ordering) VALUES ($1, $2, $3, $4)
      ON CONFLICT (update_name) DO NOTHING
      """,
      [.text(update.name), .text(update.progress), SQLValue(update.dependsOn), SQLValue(update.ordering)])
    if count > 0 { try BookkeepingTables.forget(update: update.name, on: connection) }
  }

  /// Queues an update from its beginning, also where it is queued and has begun.
  func queueAnew(_ update: QueuedUpdate) throws {
    try queue(update)
    try connection.execute(
      "UPDATE background_updates SET progress_json = $2 WHERE update_name = $1",
      [.text(update.name), .text(update.progress)])
    try BookkeepingTables.beginAnew(update: update.name, on: connection)
  }

  /// One that is there stays as it is, unless it is of an earlier version: an earlier migration had the name.
  func certify(_ migration: String, version: Int) throws {
    try connection.execute(
      """
      INSERT INTO gradus_migrations (name, completed_at, version, completed_by) VALUES ($1, $2, $3, $4)
      ON CONFLICT (name) DO UPDATE SET completed_at = excluded.completed_at, version = excluded.version,
        completed_by = excluded.completed_by
      WHERE gradus_migrations.version < excluded.version
      """,
      [.text(migration), .integer(ProcessIdentity.now), SQLValue(version), .text(ProcessIdentity.current)])
  }

  /// Records that an update is complete which the migration step did at once.
  func certify(update: String, version: Int, _ outcome: ConstraintOutcome, duration: Duration) throws {
    try connection.execute(
      """
      INSERT INTO gradus_update_certificates (update_name, completed_at, version, completed_by, scanned, written,
        duration_ms, verified)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
      ON CONFLICT (update_name) DO UPDATE SET started_at = excluded.started_at, completed_at = excluded.completed_at,
        version = excluded.version, completed_by = excluded.completed_by, scanned = excluded.scanned,
        written = excluded.written, batches = excluded.batches, duration_ms = excluded.duration_ms,
        skipped = excluded.skipped, verified = excluded.verified
      """,
      [
        .text(update), .integer(ProcessIdentity.now), SQLValue(version), .text(ProcessIdentity.current),
        SQLValue(outcome.scanned), SQLValue(outcome.deleted), .double(Double(duration.milliseconds)),
        .text(outcome.verified),
      ])
  }

  func forgetWatermarks(_ tables: [String]) throws {
    for table in tables {
      try connection.execute("DELETE FROM gradus_watermarks WHERE table_name = $1", [.text(table)])
    }
  }

  func setWatermark(_ table: String, _ position: Int64) throws {
    try connection.execute(
      """
      INSERT INTO gradus_watermarks (table_name, position) VALUES ($1, $2)
      ON CONFLICT (table_name) DO UPDATE SET position = excluded.position
      """, [.text(table), .integer(position)])
  }
}
