import Gradus
import GradusSQL

/// The rows of `background_updates` and, beside them in `gradus_updates`, what they cannot hold.
struct UpdateQueue {
  let connection: Connection

  /// All queued updates in the order in which they are worked off, for a worker or, without one, for a reader.
  func load(for worker: String? = nil) throws -> [QueueEntry] {
    try connection.query(
      """
      SELECT b.update_name, b.progress_json, b.depends_on, b.ordering, coalesce(c.priority, 0),
        coalesce(c.paused_by, a.paused_by), CASE WHEN \(QueueControls.isParked) THEN c.parked_reason END,
        CASE WHEN l.holder <> $1 AND NOT \(UpdateLeases.isFree("l", connection.engine)) THEN l.holder END,
        CASE WHEN c.paused_at IS NOT NULL THEN 1 ELSE 0 END
      FROM background_updates b
      \(QueueControls.joins("b"))
      LEFT JOIN gradus_update_leases l ON l.update_name = b.update_name AND l.part = 0
      """, [.text(worker ?? "")]
    ).map {
      QueueEntry(
        QueuedUpdate(
          name: try $0.text(0), progress: try $0.text(1), dependsOn: $0[2].text,
          ordering: Int(try $0.integer(3))),
        priority: Int(try $0.integer(4)), pausedBy: $0[5].text, isPausedByName: try $0.integer(8) == 1,
        parkedReason: $0[6].text, heldBy: $0[7].text)
    }.sorted(by: QueueEntry.goesBefore)
  }

  /// A queued update as a batch finds it.
  struct Locked {
    var progress: String
    var statistics: UpdateStatistics
    /// Whether an operator has paused or parked it since the queue was read.
    var isHalted: Bool
    /// Whether another worker has taken it over.
    var isLost: Bool
    /// The database's compat version; nil where it has none.
    var compat: Int?
  }

  /// Locks a queued update's row against other workers and, on PostgreSQL, limits what the transaction waits for.
  ///
  /// - Parameters:
  ///   - name: the update.
  ///   - worker: who asks.
  ///   - limits: the transaction's time limits.
  /// - Returns: nil where it is gone.
  func lock(_ name: String, worker: String, limits: TransactionLimits) throws -> Locked? {
    let isPostgres = connection.engine == .postgres
    let row = try connection.queryRow(
      """
      SELECT b.progress_json,
        \(QueueControls.isHalted),
        \(isPostgres ? "l.holder IS DISTINCT FROM $2" : "$2 IS NULL"),
        \(QueueControls.wasParked),
        \(CompatGate.compat),
        \(isPostgres ? Self.wasChanged : "FALSE"),
        \(UpdateStatistics.columns("u"))\(isPostgres ? ", " + limits.sql : "")
      FROM background_updates b LEFT JOIN gradus_updates u ON u.update_name = b.update_name
      \(QueueControls.joins("b"))
      LEFT JOIN gradus_update_leases l ON l.update_name = b.update_name AND l.part = 0
      WHERE b.update_name = $1\(isPostgres ? " FOR UPDATE OF b" : "")
      """, [.text(name), .text(worker)])
    guard let row else { return nil }
    // Now that the row is locked, a second look waits for nobody, and sees all as it is.
    if row[5].boolean == true { return try lock(name, worker: worker, limits: limits) }
    if row[3].boolean == true { try QueueControls(connection).forgetEarlierParking(of: name) }
    return Locked(
      progress: try row.text(0), statistics: UpdateStatistics(row, from: 6),
      isHalted: row[1].boolean ?? false,
      isLost: row[2].boolean ?? false, compat: row[4].integer.map { Int($0) })
  }

  /// Whether the queue's row `b` was changed while the statement waited for it. PostgreSQL then gives that row as it is, and
  /// all that is read with it as it was before: what an update came to that has meanwhile begun anew.
  private static let wasChanged =
    "b.xmin <> (SELECT w.xmin FROM background_updates w WHERE w.update_name = b.update_name)"

  /// How far a queued update is; nil where it is gone.
  ///
  /// - Parameter isLocked: whether nobody may move it before the transaction ends.
  func progress(_ name: String, isLocked: Bool = false) throws -> String? {
    let lock = isLocked && connection.engine == .postgres ? " FOR UPDATE" : ""
    return try connection.queryRow(
      "SELECT progress_json FROM background_updates WHERE update_name = $1\(lock)", [.text(name)])?.text(0)
  }

  /// What is another once somebody has held off a queued update's batches, also where its progress stays what it was; nil
  /// where the update is gone, or never ran.
  func rowVersion(_ name: String) throws -> String? {
    let sql =
      switch connection.engine {
      case .postgres: "SELECT xmin::text FROM background_updates WHERE update_name = $1"
      // Its rows do not tell that they were written.
      case .sqlite: "SELECT CAST(updated_at AS TEXT) FROM gradus_updates WHERE update_name = $1"
      }
    return try connection.queryRow(sql, [.text(name)])?.text(0)
  }

  /// The statistics of a queued update; nil where it never ran.
  func statistics(_ name: String) throws -> UpdateStatistics? {
    try connection.queryRow(
      "SELECT \(UpdateStatistics.columns("u")) FROM gradus_updates u WHERE u.update_name = $1", [.text(name)]
    ).map { UpdateStatistics($0, from: 0) }
  }

  /// Those of all updates by their names.
  func allStatistics() throws -> [BytewiseText: UpdateStatistics] {
    var statistics: [BytewiseText: UpdateStatistics] = [:]
    try connection.forEachRow(
      "SELECT u.update_name, \(UpdateStatistics.columns("u")) FROM gradus_updates u"
    ) { row in
      statistics[BytewiseText(try row.text(0))] = UpdateStatistics(row, from: 1)
    }
    return statistics
  }

  /// Saves what a batch came to, and on PostgreSQL keeps the worker's hold on the update.
  ///
  /// - Returns: the database's compat version by then; nil on SQLite, where nobody else has written since the batch began.
  func save(_ name: String, next: String, _ statistics: UpdateStatistics, lease: LeaseTerms) throws -> Int? {
    guard connection.engine == .postgres else {
      try save(name, next: next)
      try save(name, statistics)
      return nil
    }
    // One round trip for all of it.
    let row = try connection.queryRow(
      """
      WITH progress AS (UPDATE background_updates SET progress_json = $12 WHERE update_name = $1),
        lease AS (
          UPDATE gradus_update_leases SET expires_at = \(UpdateLeases.now(.postgres)) + $13
          WHERE update_name = $1 AND part = 0 AND holder = $14)
      \(Self.upsert)
      RETURNING \(CompatGate.compat)
      """,
      parameters(name, statistics) + [
        .text(next), SQLValue(lease.duration.milliseconds), .text(lease.worker),
      ])
    return CompatGate.compat(in: row)
  }

  /// Notes when an update begins, unless it has begun.
  func begin(_ name: String) throws {
    try connection.execute(
      """
      INSERT INTO gradus_updates (update_name, started_at, updated_at) VALUES ($1, $2, $2)
      ON CONFLICT (update_name) DO NOTHING
      """, [.text(name), .integer(ProcessIdentity.now)])
  }

  /// Saves statistics alone.
  ///
  /// - Parameter keepsVersion: whether `rowVersion` stays what it is: of two workers that verify one update each would
  ///   otherwise keep the other from ending it.
  func save(_ name: String, _ statistics: UpdateStatistics, keepsVersion: Bool = false) throws {
    try connection.execute(
      keepsVersion ? Self.upsertKeepingTime : Self.upsert, parameters(name, statistics))
  }

  /// Moves the progress alone.
  func save(_ name: String, next: String) throws {
    try connection.execute(
      "UPDATE background_updates SET progress_json = $2 WHERE update_name = $1", [.text(name), .text(next)])
  }

  /// Moves the progress past what is done; an update that is parked stays so.
  func move(_ name: String, from progress: String, to next: String) throws {
    try save(name, next: next)
    try connection.execute(
      "UPDATE gradus_update_controls SET parked_progress = $3 WHERE update_name = $1 AND parked_progress = $2",
      [.text(name), .text(progress), .text(next)])
  }

  private static let upsert = "\(upsertKeepingTime), updated_at = excluded.updated_at"

  /// Leaves the time of a row that is there.
  private static let upsertKeepingTime = """
    INSERT INTO gradus_updates (update_name, scanned, written, batches, duration_ms, skipped, started_at, updated_at,
      average_rows, average_ms, batch_size)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    ON CONFLICT (update_name) DO UPDATE SET scanned = excluded.scanned, written = excluded.written,
      batches = excluded.batches, duration_ms = excluded.duration_ms, skipped = excluded.skipped,
      started_at = excluded.started_at, average_rows = excluded.average_rows, average_ms = excluded.average_ms,
      batch_size = excluded.batch_size
    """

  private func parameters(_ name: String, _ statistics: UpdateStatistics) -> [SQLValue] {
    let now = ProcessIdentity.now
    return [
      .text(name), SQLValue(statistics.done.scanned), SQLValue(statistics.done.written),
      SQLValue(statistics.done.batches), .double(statistics.done.milliseconds),
      .text(statistics.done.skipped.skippedJSON),
      .integer(statistics.startedAt ?? now),
      .integer(now), statistics.rate.map { .double($0.rows) } ?? .null,
      statistics.rate.map { .double($0.milliseconds) } ?? .null, SQLValue(statistics.rate?.size),
    ]
  }

  /// Takes a finished update off the queue and certifies it.
  ///
  /// - Parameters:
  ///   - name: the update.
  ///   - statistics: what it came to in all.
  ///   - verified: what was found right.
  ///   - version: the application's schema version; nil for what the database says.
  func complete(_ name: String, _ statistics: UpdateStatistics, verified: String, version: Int?) throws
    -> UpdateCertificate
  {
    try connection.execute("DELETE FROM background_updates WHERE update_name = $1", [.text(name)])
    try BookkeepingTables.forget(update: name, on: connection)
    return try UpdateCertificate.issue(name, statistics, verified: verified, version: version, on: connection)
  }
}
