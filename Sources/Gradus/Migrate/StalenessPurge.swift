import GradusSQL

/// Removes the derived rows that an older version may have made stale, and queues them to be calculated again.
///
/// The watermark remembers up to where the source has been looked at: without it a source row whose key never gets a
/// derived row (the newest event of a room that everybody left) would be found stale at every start.
struct StalenessPurge {
  let rule: StalenessRule
  let connection: Connection

  private var bookkeeping: BookkeepingWriter { BookkeepingWriter(connection: connection) }

  /// Runs in the caller's transaction; reads the positions anew, since they may have moved since the plan.
  func run() throws {
    do {
      try holdingOffBatches {
        try purge()
        try queueAbandoned()
      }
    } catch let error as SQLError where error.code == .undefinedObject {
      throw GradusError(
        .invalidTree, "the stale rows of '\(rule.table)' cannot be removed", hint: Self.hint, cause: error)
    }
  }

  private static let hint = "mend the rule in the ledger, or add what it names by a delta"

  private func purge() throws {
    var staleness = try readStaleness()
    var start = try UnsupportedRows(rule: rule, connection: connection).remove()
    var isPassed = start != nil
    if isPassed, let trusted = staleness.trustedPosition {
      // A newest row that is gone still tells up to where the source was looked at, unless an older version has given out
      // positions before that again.
      let left = try readStaleness()
      // What is left reflects no row past its own newest position.
      if let newest = try newestPosition(upTo: trusted), newest > left.trustedPosition ?? .min {
        staleness = left
      }
    }
    if let trusted = staleness.trustedPosition {
      if staleness.isStale {
        try remove(past: trusted)
        start = min(start ?? trusted, trusted)
      }
    } else if staleness.hasRowsToDerive, let whenEmpty = rule.whenEmpty {
      try whenEmpty.queue.forEach(bookkeeping.queueAnew)
      start = nil
    } else if rule.whenEmpty == nil, staleness.source != nil {
      // Of none of the source's rows is known that it was looked at.
      if rule.requeue.into != nil { try remove(past: nil) }
      start = Int64.min
      isPassed = true
    } else if !isPassed {
      return
    }
    // Keys that the source has lost are calculated again only where they are queued one by one.
    if let start, start < .max || rule.requeue.into != nil {
      try queueUpdate(from: start, isPassed: isPassed)
    }
    // From here on positions tell: this is not done at every start, of a table that stays empty either.
    if let source = staleness.source { try bookkeeping.setWatermark(rule.table, source) }
  }

  private func readStaleness() throws -> DatabaseState.Staleness {
    let state = try DatabaseStateReader(rules: [rule]).read(connection)
    guard let staleness = state.staleness[rule.table] else {
      throw GradusError(
        .invalidTree,
        "the staleness of '\(rule.table)' cannot be read: \(state.unreadableRules[rule.table] ?? "its tables are gone")",
        hint: Self.hint)
    }
    return staleness
  }

  /// The source's greatest position up to another, which may be beyond all that a column of smaller numbers has room for.
  private func newestPosition(upTo upper: Int64) throws -> Int64? {
    let position = SQLText.identifier(rule.source.position)
    return try connection.queryRow(
      """
      SELECT CAST(max(\(position)) AS BIGINT) FROM \(SQLText.identifier(rule.source.table))
      WHERE \(position) <= CAST($1 AS BIGINT)
      """, [.integer(upper)])?[0].integer
  }

  /// A batch of the updates either ends before or begins after this. One that ran beside it in another process would still
  /// see the rows that are removed here, and take their keys off the queue table as done.
  private func holdingOffBatches(_ body: () throws -> Void) throws {
    guard connection.engine == .postgres else { return try body() }
    for update in rule.queuedUpdates { try bookkeeping.lock(update: update) }
    try body()
    for update in rule.queuedUpdates { try bookkeeping.holdOff(update: update) }
  }

  /// An update that is queued already may have passed what was removed: it goes back there before it ends.
  ///
  /// - Parameter isPassed: whether one that follows positions may have.
  private func queueUpdate(from position: Int64, isPassed: Bool) throws {
    let update = rule.requeue.update(from: position)
    try bookkeeping.queue(update)
    // One that follows a key meets the rows of any position anywhere.
    guard rule.requeue.into == nil, isPassed || !rule.requeue.goesOnFromPosition else { return }
    // Where several workers share it, it stands at its beginning while ranges behind that are done.
    try connection.execute(
      """
      INSERT INTO gradus_stale_marks (update_name, position, progress)
      SELECT update_name, CAST($2 AS BIGINT), CAST($3 AS TEXT) FROM background_updates
      WHERE update_name = $1 AND (progress_json <> $3
        OR EXISTS (SELECT 1 FROM gradus_update_leases WHERE update_name = $1 AND part > 0))
      """, [.text(update.name), .integer(position), .text(update.progress)])
  }

  /// Queues the update where it is not, although guards have left something for it: it goes on where that begins. Marks stay
  /// for its end, as a guard whose transaction is open may have left none beside one of them.
  private func queueAbandoned() throws {
    let name = SQLValue.text(rule.requeue.update)
    let queued = try connection.queryRow(
      "SELECT 1 FROM background_updates WHERE update_name = $1", [name])
    guard queued == nil else { return }
    // NULL is before all positions.
    let mark = try connection.queryRow(
      """
      SELECT progress FROM gradus_stale_marks WHERE update_name = $1
      ORDER BY CASE WHEN position IS NULL THEN 0 ELSE 1 END, position LIMIT 1
      """, [name])
    if let mark {
      try bookkeeping.queue(QueuedUpdate(name: rule.requeue.update, progress: try mark.text(0)))
    } else if let queue = rule.requeue.into, !rule.guards.isEmpty,
      try connection.queryRow("SELECT 1 FROM \(SQLText.identifier(queue)) LIMIT 1") != nil
    {
      try bookkeeping.queue(rule.requeue.update(from: .min))
    }
  }

  /// - Parameter trusted: nil for all that the source has.
  private func remove(past trusted: Int64?) throws {
    // A row without a key belongs to no derived row.
    var conditions = rule.source.key.map { "\(SQLText.identifier($0)) IS NOT NULL" }
    if trusted != nil { conditions.append("\(SQLText.identifier(rule.source.position)) > $1") }
    try KeyRemoval(rule: rule, connection: connection).run(
      """
      SELECT DISTINCT \(SQLText.identifiers(rule.source.key)) FROM \(SQLText.identifier(rule.source.table))
      WHERE \(conditions.joined(separator: " AND "))
      """, rule.source.key, trusted.map { [.integer($0)] } ?? [])
  }
}
