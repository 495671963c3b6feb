import Gradus
import GradusSQL

/// The ranges of one update that workers share.
///
/// Each range is a row, from when it is cut until it and all before it are done. `background_updates` says up to where
/// everything is done, so that a program that knows nothing of ranges goes on from there and misses nothing. The update
/// is complete where nothing is left to cut and no range is left.
struct RangeLeases {
  let connection: Connection
  let terms: LeaseTerms

  private var now: String { UpdateLeases.now(connection.engine) }

  enum Claim: Sendable, Hashable {
    /// A range is ours; from a worker that is gone, where there was one.
    case range(part: Int64, takenOverFrom: String?)
    /// All that is left is held by others.
    case held(by: String)
    /// Nothing is left; the progress at which that was seen.
    case exhausted(progress: String)
    /// The update is gone, or an operator has halted it.
    case unavailable
  }

  /// Takes a range that nobody holds, or cuts a new one. In a transaction.
  ///
  /// - Parameters:
  ///   - work: the update.
  ///   - rows: how many rows a new range should have.
  func claim(_ work: any RangedWork, rows: Int) throws -> Claim {
    // Cutting is done by one worker at a time.
    guard
      let row = try connection.queryRow(
        "SELECT progress_json FROM background_updates WHERE update_name = $1 FOR UPDATE", [.text(work.name)])
    else { return .unavailable }
    let ranges = try connection.query(
      """
      SELECT part, holder, \(UpdateLeases.isFree("l", .postgres)), \(Self.isDone), upper_key
      FROM gradus_update_leases l WHERE update_name = $1 AND part > 0 ORDER BY part
      """, [.text(work.name)])
    let left = ranges.filter { $0[3].boolean == false }
    for range in left where range[2].boolean == true {
      let part = try range.integer(0)
      // A worker whose transaction is longer than its lease is alive: its row is locked.
      guard try take(work.name, part) else { continue }
      return .range(part: part, takenOverFrom: range[1].text)
    }
    let progress = try ranges.last.map { try $0.text(4) } ?? row.text(0)
    guard let range = try work.nextRange(past: progress, rows: rows, on: connection) else {
      guard let first = left.first else { return .exhausted(progress: try row.text(0)) }
      return .held(by: first[1].text ?? "another worker")
    }
    let part = try ranges.last.map { try $0.integer(0) + 1 } ?? 1
    try connection.execute(
      """
      INSERT INTO gradus_update_leases
        (update_name, part, progress, upper_key, remaining, holder, backend, expires_at)
      VALUES ($1, $2, $3, $4, $5, $6, pg_backend_pid(), \(now) + $7)
      """,
      [
        .text(work.name), .integer(part), .text(range.start), .text(range.end), SQLValue(range.rows),
        .text(terms.worker), SQLValue(terms.duration.milliseconds),
      ])
    return .range(part: part, takenOverFrom: nil)
  }

  private func take(_ name: String, _ part: Int64) throws -> Bool {
    let parameters: [SQLValue] = [.text(name), .integer(part)]
    let free = try connection.queryRow(
      "SELECT 1 FROM gradus_update_leases WHERE update_name = $1 AND part = $2 FOR UPDATE SKIP LOCKED",
      parameters)
    guard free != nil else { return false }
    return try connection.execute(
      """
      UPDATE gradus_update_leases l SET holder = $3, backend = pg_backend_pid(), expires_at = \(now) + $4
      WHERE update_name = $1 AND part = $2 AND \(UpdateLeases.isFree("l", .postgres))
      """, parameters + [.text(terms.worker), SQLValue(terms.duration.milliseconds)]) > 0
  }

  /// A range as a batch finds it.
  struct Locked {
    var progress: String
    var end: String
    var count: BatchCount
    var isHalted: Bool
  }

  /// Locks a range's row and limits what the transaction waits for; nil where the range is no longer ours.
  func lock(_ name: String, _ part: Int64, limits: TransactionLimits) throws -> Locked? {
    let row = try connection.queryRow(
      """
      SELECT l.progress, l.upper_key, l.scanned, l.written, l.batches, l.duration_ms,
        \(QueueControls.isHalted), \(limits.sql)
      FROM gradus_update_leases l JOIN background_updates b ON b.update_name = l.update_name
      \(QueueControls.joins("l"))
      WHERE l.update_name = $1 AND l.part = $2 AND l.holder = $3 FOR UPDATE OF l
      """, [.text(name), .integer(part), .text(terms.worker)])
    return try row.map { row in
      Locked(
        progress: try row.text(0), end: try row.text(1),
        count: BatchCount(
          scanned: Int(try row.integer(2)), written: Int(try row.integer(3)),
          batches: Int(try row.integer(4)),
          milliseconds: row[5].double ?? 0), isHalted: try row.boolean(6))
    }
  }

  /// Saves what a batch of a range came to, and keeps the hold.
  func save(_ name: String, _ part: Int64, next: String, _ batch: BatchCount) throws {
    try connection.execute(
      """
      UPDATE gradus_update_leases SET progress = $3, remaining = greatest(0, remaining - $4), scanned = scanned + $4,
        written = written + $5, batches = batches + 1, duration_ms = duration_ms + $6, expires_at = \(now) + $7
      WHERE update_name = $1 AND part = $2
      """,
      [
        .text(name), .integer(part), .text(next), SQLValue(batch.scanned), SQLValue(batch.written),
        .double(batch.milliseconds), SQLValue(terms.duration.milliseconds),
      ])
  }

  /// Whether a range is done, as SQL.
  private static let isDone = "progress = upper_key"

  /// Ends a range: what it came to goes into the update's statistics, and the update moves on where this range was the
  /// first that was not done.
  func finish(_ name: String, _ part: Int64, _ counts: [BatchCount], rate: BatchController.Rate?) throws {
    // First a row to lock: two workers may end their ranges at once.
    try connection.execute(
      "SELECT 1 FROM background_updates WHERE update_name = $1 FOR UPDATE", [.text(name)])
    let queue = UpdateQueue(connection: connection)
    var statistics = try queue.statistics(name) ?? UpdateStatistics()
    counts.forEach { statistics.add($0) }
    statistics.rate = rate ?? statistics.rate
    try queue.save(name, statistics)
    try connection.execute(
      """
      UPDATE gradus_update_leases SET progress = upper_key, remaining = 0, scanned = 0, written = 0, batches = 0,
        duration_ms = 0, holder = NULL, expires_at = 0
      WHERE update_name = $1 AND part = $2
      """, [.text(name), .integer(part)])
    try connection.execute(
      """
      WITH open AS (
          SELECT min(part) AS part FROM gradus_update_leases WHERE update_name = $1 AND part > 0 AND NOT \(Self.isDone)),
        passed AS (
          DELETE FROM gradus_update_leases l USING open
          WHERE l.update_name = $1 AND l.part > 0 AND (open.part IS NULL OR l.part < open.part)
          RETURNING l.part, l.upper_key)
      UPDATE background_updates SET progress_json = (SELECT upper_key FROM passed ORDER BY part DESC LIMIT 1)
      WHERE update_name = $1 AND EXISTS (SELECT 1 FROM passed)
      """, [.text(name)])
  }

  /// How many ranges there are.
  static func remainingParts(_ name: String, on connection: Connection) throws -> Int {
    let row = try connection.queryRow(
      "SELECT count(*) FROM gradus_update_leases WHERE update_name = $1 AND part > 0", [.text(name)])
    return Int(row?[0].integer ?? 0)
  }

  /// How many rows are left of an update: those of its ranges, and by its own estimate those past the last one.
  ///
  /// - Parameter progress: what the queue says; where nothing has been cut, all past it are left.
  static func remaining(_ work: any UpdateWork, past progress: String, on connection: Connection) throws
    -> Int?
  {
    let row = try connection.queryRow(
      """
      SELECT CAST(coalesce(sum(remaining), 0) AS BIGINT), (
        SELECT upper_key FROM gradus_update_leases WHERE update_name = $1 AND part > 0 ORDER BY part DESC LIMIT 1
      )
      FROM gradus_update_leases WHERE update_name = $1
      """, [.text(work.name)])
    let inRanges = Int(row?[0].integer ?? 0)
    return try work.estimateRemaining(row?[1].text ?? progress, on: connection).map { $0 + inRanges }
  }
}
