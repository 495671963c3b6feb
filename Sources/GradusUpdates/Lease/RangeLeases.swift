import Gradus
import GradusSQL

/// The ranges of one update that workers share.
///
/// Each range is a row, from when it is cut until it and all before it are done. `background_updates` says up to where
/// everything is done, so that a program that knows nothing of ranges goes on from there and misses nothing; whoever cuts
/// the next range moves it there. The update is complete where nothing is left to cut and no range is left.
///
/// Who needs both rows locks that of the queue first: a batch, which has its range locked, never waits for the queue.
struct RangeLeases {
  let connection: Connection
  let terms: LeaseTerms

  private var now: String { UpdateLeases.now(connection.engine) }

  enum Claim: Sendable, Hashable {
    /// A range is ours; from a worker that is gone, where there was one.
    case range(part: Int64, takenOverFrom: String?)
    /// All that is left is held by others.
    case held(by: String)
    /// Nothing is left; the progress at which that was seen, and the version of the queue's row.
    case exhausted(progress: String, rowVersion: String?)
    /// The update is gone.
    case unavailable
  }

  /// Takes a range that nobody holds, or cuts a new one. In a transaction.
  ///
  /// - Parameters:
  ///   - work: the update.
  ///   - rows: how many rows a new range should have.
  ///   - rate: what the worker has learnt of the update.
  func claim(_ work: any RangedWork, rows: Int, rate: BatchController.Rate?) throws -> Claim {
    // Cutting is done by one worker at a time.
    guard let (progress, ranges, isNew) = try passDone(work.name, rate: rate) else { return .unavailable }
    let left = ranges.filter { !$0.isDone }
    for range in left where range.isFree {
      // A worker whose transaction is longer than its lease is alive: its row is locked.
      guard try take(work.name, range.part) else { continue }
      return .range(part: range.part, takenOverFrom: range.holder)
    }
    let last = ranges.last?.end ?? progress
    guard let range = try work.nextRange(past: last, rows: rows, on: connection) else {
      guard let first = left.first else {
        let version = try UpdateQueue(connection: connection).rowVersion(work.name)
        return .exhausted(progress: progress, rowVersion: version)
      }
      return .held(by: first.holder ?? "another worker")
    }
    // From its end the same would be cut again, and again.
    guard !range.end.hasSameBytes(as: last) else { throw UpdateFailure.noProgress(update: work.name) }
    if isNew { try UpdateQueue(connection: connection).begin(work.name) }
    let lower = ranges.isEmpty ? try ownStart(work.name, at: progress) : last
    let part = (ranges.last?.part ?? 0) + 1
    try connection.execute(
      """
      INSERT INTO gradus_update_leases
        (update_name, part, lower_key, progress, upper_key, remaining, holder, backend, expires_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, pg_backend_pid(), \(now) + $8)
      """,
      [
        .text(work.name), .integer(part), .text(lower), .text(range.start), .text(range.end),
        SQLValue(range.rows), .text(terms.worker), SQLValue(terms.duration.milliseconds),
      ])
    return .range(part: part, takenOverFrom: nil)
  }

  /// The progress that the first range is cut at, spelt as nobody else does, with a space behind it: where another program
  /// ends the update and it is queued again with the same progress, the ranges are told to be of an earlier life.
  private func ownStart(_ name: String, at progress: String) throws -> String {
    guard progress.last != " " else { return progress }
    let start = progress + " "
    try UpdateQueue(connection: connection).move(name, from: progress, to: start)
    return start
  }

  /// A range as whoever has the queue's row finds it.
  struct Range {
    let part: Int64
    let isDone: Bool
    /// Where it was cut; nil where an earlier release did.
    let start: String?
    let end: String
    let holder: String?
    /// Whether nobody holds it.
    let isFree: Bool
    let count: BatchCount
  }

  /// Locks the update's row of the queue and moves it past the ranges that are done from there on; what they came to goes
  /// into the update's statistics.
  ///
  /// - Parameter rate: what the worker has learnt of the update.
  /// - Returns: up to where everything is done, the ranges behind it without those that are done and not the last, and
  ///   whether there was none at all; nil where the update is gone.
  @discardableResult
  func passDone(
    _ name: String, rate: BatchController.Rate?
  ) throws -> (progress: String, ranges: [Range], isNew: Bool)? {
    let row = try connection.queryRow(
      """
      SELECT b.progress_json, \(QueueControls.wasParked) FROM background_updates b \(QueueControls.joins("b"))
      WHERE b.update_name = $1 FOR UPDATE OF b
      """, [.text(name)])
    guard let row else { return nil }
    let progress = try row.text(0)
    if row[1].boolean == true { try QueueControls(connection).forgetEarlierParking(of: name) }
    let ranges = try ranges(of: name)
    // Another program, which knows nothing of ranges, has moved the update or queued it again.
    if let start = ranges.first?.start, !start.hasSameBytes(as: progress) {
      try BookkeepingTables.forgetRanges(of: name, on: connection)
      return (progress, [], false)
    }
    let done = ranges.prefix(while: \.isDone)
    guard let last = done.last else { return (progress, ranges, ranges.isEmpty) }
    let queue = UpdateQueue(connection: connection)
    var statistics = try queue.statistics(name) ?? UpdateStatistics()
    for range in done { statistics.done.add(range.count) }
    statistics.rate = rate ?? statistics.rate
    try queue.save(name, statistics)
    try queue.move(name, from: progress, to: last.end)
    try connection.execute(
      "DELETE FROM gradus_update_leases WHERE update_name = $1 AND part BETWEEN 1 AND $2",
      [.text(name), .integer(last.part)])
    return (last.end, Array(ranges.dropFirst(done.count)), false)
  }

  /// The ranges that are to be passed, those that are not done, and the last. Behind one that takes long there may be any
  /// number that are done, which nobody asks for before that one is.
  private func ranges(of name: String) throws -> [Range] {
    let all = "FROM gradus_update_leases WHERE update_name = $1 AND part > 0"
    return try connection.query(
      """
      SELECT part, \(Self.isDone), lower_key, upper_key, holder, \(UpdateLeases.isFree("l", .postgres)), \(Self.counts)
      FROM gradus_update_leases l WHERE update_name = $1 AND part > 0
        AND (NOT (\(Self.isDone)) OR part = (SELECT max(part) \(all))
          OR part < coalesce((SELECT min(part) \(all) AND NOT (\(Self.isDone))), \(Int64.max)))
      ORDER BY part
      """, [.text(name)]
    ).map { row in
      Range(
        part: try row.integer(0), isDone: row[1].boolean == true, start: row[2].text, end: try row.text(3),
        holder: row[4].text, isFree: row[5].boolean == true, count: BatchCount(row, from: 6))
    }
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
    /// The database's compat version; nil where it has none.
    var compat: Int?
  }

  /// Locks a range's row and limits what the transaction waits for; nil where the range is no longer ours.
  func lock(_ name: String, _ part: Int64, limits: TransactionLimits) throws -> Locked? {
    let row = try connection.queryRow(
      """
      SELECT l.progress, l.upper_key, \(QueueControls.isHalted), \(CompatGate.compat), \(Self.counts), \(limits.sql)
      FROM gradus_update_leases l JOIN background_updates b ON b.update_name = l.update_name
      \(QueueControls.joins("l"))
      WHERE l.update_name = $1 AND l.part = $2 AND l.holder = $3 FOR UPDATE OF l
      """, [.text(name), .integer(part), .text(terms.worker)])
    return try row.map { row in
      Locked(
        progress: try row.text(0), end: try row.text(1), count: BatchCount(row, from: 4),
        isHalted: try row.boolean(2), compat: row[3].integer.map { Int($0) })
    }
  }

  /// Saves what the batches of a range have come to, and keeps the hold.
  ///
  /// - Parameters:
  ///   - next: where the range goes on.
  ///   - count: of all its batches.
  ///   - scanned: of the last batch.
  /// - Returns: the database's compat version by then.
  @discardableResult
  func save(_ name: String, _ part: Int64, next: String, _ count: BatchCount, scanned: Int) throws -> Int? {
    let row = try connection.queryRow(
      """
      UPDATE gradus_update_leases SET progress = $8, remaining = greatest(0, remaining - $9),
        expires_at = \(now) + $10, \(Self.setCounts)
      WHERE update_name = $1 AND part = $2 RETURNING \(CompatGate.compat)
      """,
      parameters(name, part, count) + [
        .text(next), SQLValue(scanned), SQLValue(terms.duration.milliseconds),
      ])
    return CompatGate.compat(in: row)
  }

  /// Ends a range.
  ///
  /// - Parameter count: of all its batches.
  /// - Returns: the database's compat version by then.
  @discardableResult
  func finish(_ name: String, _ part: Int64, _ count: BatchCount) throws -> Int? {
    let row = try connection.queryRow(
      """
      UPDATE gradus_update_leases SET progress = upper_key, remaining = 0, holder = NULL, expires_at = 0,
        \(Self.setCounts)
      WHERE update_name = $1 AND part = $2 RETURNING \(CompatGate.compat)
      """, parameters(name, part, count))
    return CompatGate.compat(in: row)
  }

  /// Whether a range is done, as SQL.
  private static let isDone = "progress = upper_key"

  /// The columns that say what a range came to.
  static let counts = BatchCount.columns.joined(separator: ", ")

  private static let setCounts =
    "scanned = $3, written = $4, batches = $5, duration_ms = $6, skipped = $7"

  private func parameters(_ name: String, _ part: Int64, _ count: BatchCount) -> [SQLValue] {
    [
      .text(name), .integer(part), SQLValue(count.scanned), SQLValue(count.written), SQLValue(count.batches),
      .double(count.milliseconds), .text(count.skipped.skippedJSON),
    ]
  }

  /// How many ranges there are.
  static func remainingParts(_ name: String, on connection: Connection) throws -> Int {
    let row = try connection.queryRow(
      "SELECT count(*) FROM gradus_update_leases WHERE update_name = $1 AND part > 0", [.text(name)])
    return Int(row?[0].integer ?? 0)
  }
}
