package import GradusSQL
package import GradusUpdates

/// Counts the rooms of all users of the server: guests, bots and those who are gone included.
package struct UserStatisticsUpdate: RangedUpdateHandler {
  /// The update's name in the queue.
  package let name = "populate_stats_process_users"

  let options: StatisticsOptions

  /// - Parameter options: whether there are statistics.
  package init(_ options: StatisticsOptions = StatisticsOptions()) { self.options = options }

  /// The next users.
  package func nextRange(
    past progress: StatisticsProgress, rows: Int, on connection: Connection
  ) throws -> UpdateRange<StatisticsProgress>? {
    guard options.isEnabled else { return nil }
    return try progress.nextRange(.user, of: "users", "name", rows: rows, on: connection)
  }

  /// Looks at the next users in the order of their ids.
  package func runBatch(
    _ progress: StatisticsProgress, upTo end: StatisticsProgress?, size: Int, on connection: Connection
  ) throws -> BatchResult<StatisticsProgress> {
    guard options.isEnabled else { return .end }
    let position = try progress.position(.user)
    var skips = SkipCounter()
    if position.isEmpty { try skips.countByteIDs("name", in: "users", on: connection) }
    let bound = "AND \(connection.areTexts("name"))" + (end == nil ? "" : " AND name <= $3")
    let users = try connection.query(
      "SELECT name FROM users WHERE name > $1 \(bound) ORDER BY name LIMIT $2",
      [.text(position), SQLValue(size)]
        + (try end.map { [.text(try $0.position(.user))] } ?? [])
    ).map { try $0.text(0) }
    guard let last = users.last else { return .end(skipping: skips) }
    let wanted = progress.computesOnlyMissing ? try Self.missing(among: users, on: connection) : users
    return BatchResult(
      next: progress.advanced(.user, to: last), scanned: users.count,
      written: try write(wanted, on: connection), skipped: skips.counts)
  }

  /// The users not yet looked at.
  package func estimateRemaining(_ progress: StatisticsProgress, on connection: Connection) throws -> Int? {
    try RowEstimate.count(
      "users", where: "name > $1", [.text(try progress.position(.user))], on: connection)
  }

  private func write(_ users: [String], on connection: Connection) throws -> Int {
    guard !users.isEmpty else { return 0 }
    try RowLock.take(users, column: "user_id", of: StatisticsTable.users, on: connection)
    // Read before the counts, so that it claims nothing that they lack.
    let position = try StreamPosition(now: options.milliseconds, on: connection).settledDelta(on: connection)
    let history = try StatisticsKind.haveHistory(connection) ? StatisticsHistory(.users) : nil
    try history?.collect(users, at: options.milliseconds, on: connection)
    let counts = try connection.readInHalves(users, Self.joinedRooms).joined()
    let table = BatchTable(
      columns: [("user_id", .text), ("joined_rooms", .integer), ("completed_delta_stream_id", .integer)],
      rows: counts.map { $0.values + [.integer(position)] })
    try table.insert(into: StatisticsTable.users, present: .isReplaced(key: "user_id"), on: connection)
    try history?.touch(users, at: options.milliseconds, length: options.bucketSize, on: connection)
    return table.rows.count
  }

  /// Counts the rooms that users are in.
  private static func joinedRooms(of users: [String], on connection: Connection) throws -> [Row] {
    try connection.query(over: .texts("user_id", users)) { source in
      """
      SELECT k.user_id, (
          SELECT COUNT(*) FROM current_state_events c
          WHERE c.type = 'm.room.member' AND c.state_key = k.user_id AND c.membership = 'join'
        )
      FROM \(source)
      """
    }
  }

  private static func missing(among users: [String], on connection: Connection) throws -> [String] {
    try connection.query(over: .texts("user_id", users)) { source in
      """
      SELECT k.user_id FROM \(source)
      WHERE (SELECT 1 FROM \(StatisticsTable.users) s WHERE s.user_id = k.user_id) IS NULL
      """
    }.map { try $0.text(0) }
  }
}
