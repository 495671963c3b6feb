package import GradusSQL
package import GradusUpdates

/// Computes the statistics of all rooms that the server is in, from their current state.
///
/// The counts are replaced, whatever they were. Rooms that all local users have left are never looked at: their rows
/// stay as they were. Rooms know nothing of one another: on PostgreSQL several workers share them.
package struct RoomStatisticsUpdate: RangedUpdateHandler {
  /// The update's name in the queue.
  package let name = "populate_stats_process_rooms"

  let options: StatisticsOptions

  /// - Parameter options: whether there are statistics, and whose server it is.
  package init(_ options: StatisticsOptions = StatisticsOptions()) {
    self.options = options
  }

  /// The next rooms that the server knows; those that it knows nothing of but a state are one range behind them.
  package func nextRange(
    past progress: StatisticsProgress, rows: Int, on connection: Connection
  ) throws -> UpdateRange<StatisticsProgress>? {
    guard options.isEnabled else { return nil }
    if let range = try progress.nextRange(.room, of: "rooms", "room_id", rows: rows, on: connection) {
      return range
    }
    let last = try connection.queryRow(
      "SELECT max(room_id) FROM current_state_events WHERE room_id > $1",
      [.text(try progress.position(.room))])?[0].text
    return last.map { UpdateRange(start: progress, end: progress.advanced(.room, to: $0), rows: 1) }
  }

  /// Looks at the next rooms in the order of their ids.
  package func runBatch(
    _ progress: StatisticsProgress, upTo end: StatisticsProgress?, size: Int, on connection: Connection
  ) throws -> BatchResult<StatisticsProgress> {
    guard options.isEnabled else { return .end }
    let position = try progress.position(.room)
    var skips = SkipCounter()
    if position.isEmpty {
      try skips.countByteIDs("room_id", in: "current_state_events", on: connection)
    }
    let rooms = try Self.rooms(
      after: position, upTo: try end?.position(.room), limit: size, on: connection)
    guard let last = rooms.last else { return .end(skipping: skips) }

    let wanted = progress.computesOnlyMissing ? try Self.missing(among: rooms, on: connection) : rooms
    var written = 0
    if !wanted.isEmpty {
      let writer = try RoomStatisticsWriter(
        options, withGuestAccess: progress.computesGuestAccess, on: connection)
      // Parts of a page, so that memory does not grow with the batch.
      for rooms in wanted.parts(of: Self.roomsAtOnce, tellableBy: \.self) {
        written += try writer.write(rooms, on: connection, skips: &skips)
      }
    }
    return BatchResult(
      next: progress.advanced(.room, to: last), scanned: rooms.count, written: written, skipped: skips.counts)
  }

  /// The rooms not yet looked at; roughly, as rooms that the server is not in are among them.
  package func estimateRemaining(_ progress: StatisticsProgress, on connection: Connection) throws -> Int? {
    try RowEstimate.count(
      "rooms", where: "room_id > $1", [.text(try progress.position(.room))], on: connection)
  }

  private static let roomsAtOnce = 1_000

  /// From each room with a state straight to the next, however many members it has.
  private static func rooms(
    after position: String, upTo end: String?, limit: Int, on connection: Connection
  ) throws -> [String] {
    let bound = "AND \(connection.areTexts("c.room_id"))" + (end == nil ? "" : " AND c.room_id <= $3")
    return try connection.query(
      """
      WITH RECURSIVE page (room_id) AS (
        SELECT min(c.room_id) FROM current_state_events c WHERE c.room_id > $1 \(bound)
        UNION ALL
        SELECT (SELECT min(c.room_id) FROM current_state_events c WHERE c.room_id > p.room_id \(bound))
        FROM page p WHERE p.room_id IS NOT NULL
      )
      SELECT room_id FROM page WHERE room_id IS NOT NULL LIMIT $2
      """,
      [.text(position), SQLValue(limit)] + (end.map { [.text($0)] } ?? [])
    ).map { try $0.text(0) }
  }

  private static func missing(among rooms: [String], on connection: Connection) throws -> [String] {
    try connection.query(over: .texts("room_id", rooms)) { source in
      """
      SELECT k.room_id FROM \(source)
      WHERE (SELECT 1 FROM \(StatisticsTable.rooms) c WHERE c.room_id = k.room_id) IS NULL
        OR (SELECT 1 FROM \(StatisticsTable.roomState) s WHERE s.room_id = k.room_id) IS NULL
      """
    }.map { try $0.text(0) }
  }
}
