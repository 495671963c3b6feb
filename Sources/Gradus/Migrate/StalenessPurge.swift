import GradusSQL

/// Removes the derived rows that an older version may have made stale, and queues them to be calculated again.
///
/// The watermark remembers up to where the source has been looked at: without it a source row whose key never gets a
/// derived row (the newest event of a room that everybody left) would be found stale at every start.
struct StalenessPurge {
  let rule: StalenessRule

  /// Runs in the caller's transaction; reads the positions anew, since they may have moved since the plan.
  func run(_ connection: Connection) throws {
    let bookkeeping = BookkeepingWriter(connection: connection)
    let state = try DatabaseStateReader(rules: [rule]).read(connection)
    guard let staleness = state.staleness[rule.table] else { return }
    guard let trusted = staleness.trustedPosition else {
      guard staleness.hasRowsToDerive, let whenEmpty = rule.whenEmpty else { return }
      try whenEmpty.queue.forEach(bookkeeping.queueAnew)
      // From here on positions tell: this is not done at every start of a table that stays empty.
      if let source = staleness.source { try bookkeeping.setWatermark(rule.table, source) }
      return
    }
    guard staleness.isStale, let source = staleness.source else { return }
    try connection.execute(
      """
      DELETE FROM \(SQLText.identifier(rule.table)) WHERE (\(SQLText.identifiers(rule.key))) IN (
        SELECT \(SQLText.identifiers(rule.source.key)) FROM \(SQLText.identifier(rule.source.table))
        WHERE \(SQLText.identifier(rule.source.position)) > $1)
      """, [.integer(trusted)])
    if let queue = rule.requeue.into { try enqueueKeys(into: queue, past: trusted, connection) }
    try bookkeeping.queue(
      QueuedUpdate(
        name: rule.requeue.update,
        progress: rule.requeue.progress.replacing("{position}", with: String(trusted))))
    try bookkeeping.setWatermark(rule.table, source)
  }

  private func enqueueKeys(into queue: String, past position: Int64, _ connection: Connection) throws {
    let parent =
      rule.requeue.parent.map { parent in
        let match = zip(parent.key, rule.source.key).map {
          "p.\(SQLText.identifier($0)) = s.\(SQLText.identifier($1))"
        }
        return
          "AND EXISTS (SELECT 1 FROM \(SQLText.identifier(parent.table)) p WHERE \(match.joined(separator: " AND ")))"
      } ?? ""
    try connection.execute(
      """
      INSERT INTO \(SQLText.identifier(queue)) (\(SQLText.identifiers(rule.key)))
      SELECT DISTINCT \(SQLText.identifiers(rule.source.key, alias: "s"))
      FROM \(SQLText.identifier(rule.source.table)) s
      WHERE s.\(SQLText.identifier(rule.source.position)) > $1 \(parent)
      ON CONFLICT DO NOTHING
      """, [.integer(position)])
  }
}
