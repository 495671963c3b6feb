package import GradusSQL
package import GradusUpdates

/// Puts right the snapshots that stayed forgotten after the user came back.
package struct FixForgottenUpdate: UpdateHandler {
  /// The position of the last snapshot looked at.
  package struct Progress: UpdateProgress, Codable, Equatable {
    /// The position; nil before the first batch.
    package var lastEventStreamOrdering: Int64?

    enum CodingKeys: String, CodingKey {
      case lastEventStreamOrdering = "last_event_stream_ordering"
    }
  }

  /// The update's name in the queue.
  package let name = "sliding_sync_membership_snapshots_fix_forgotten_column_bg_update"

  /// The handler.
  package init() {}

  /// Looks at the next snapshots in the order of their positions.
  package func runBatch(
    _ progress: Progress, size: Int, on connection: Connection
  ) throws -> BatchResult<Progress> {
    let page = try connection.queryRow(
      """
      SELECT count(*), max(p.event_stream_ordering) FROM (
        SELECT s.event_stream_ordering FROM \(SlidingSyncTable.snapshots) s
        WHERE s.event_stream_ordering > $1 ORDER BY s.event_stream_ordering LIMIT $2
      ) AS p
      """, [.integer(progress.bound), SQLValue(size)])
    guard let page, let last = page[1].integer else { return .end }
    var skips = SkipCounter()
    let forgotten = try connection.query(
      """
      SELECT room_id, user_id FROM \(SlidingSyncTable.snapshots)
      WHERE event_stream_ordering > $1 AND event_stream_ordering <= $2 AND forgotten = 1
      """, [.integer(progress.bound), .integer(last)]
    ).compactMap { row -> MembershipKey? in
      if let room = row[0].text, let user = row[1].text { return MembershipKey(roomID: room, userID: user) }
      skips.count(.idNotText)
      return nil
    }
    let written = try fix(forgotten, on: connection)
    return BatchResult(
      next: Progress(lastEventStreamOrdering: last), scanned: Int(try page.integer(0)), written: written,
      skipped: skips.counts)
  }

  /// The snapshots not yet looked at.
  package func estimateRemaining(_ progress: Progress, on connection: Connection) throws -> Int? {
    try RowEstimate.count(
      SlidingSyncTable.snapshots, where: "event_stream_ordering > $1", [.integer(progress.bound)],
      on: connection)
  }

  private func fix(_ memberships: [MembershipKey], on connection: Connection) throws -> Int {
    if connection.engine == .postgres {
      // Waits for whoever is forgetting the room just now; the next statement then sees what they wrote.
      _ = try connection.query(over: .memberships(memberships)) { source in
        """
        SELECT 1 FROM \(source)
        JOIN \(SlidingSyncTable.snapshots) s ON s.room_id = k.room_id AND s.user_id = k.user_id
        ORDER BY s.room_id, s.user_id FOR NO KEY UPDATE OF s
        """
      }
    }
    // Without its membership a snapshot stays as it is; NULL means that nobody forgot it.
    return try connection.execute(over: .memberships(memberships)) { source in
      """
      UPDATE \(SlidingSyncTable.snapshots) SET forgotten = 0
      WHERE (room_id, user_id) IN (SELECT k.room_id, k.user_id FROM \(source)) AND forgotten = 1
        AND EXISTS (
          SELECT 1 FROM room_memberships m
          WHERE m.event_id = membership_event_id AND COALESCE(m.forgotten, 0) = 0
        )
      """
    }
  }
}

extension FixForgottenUpdate.Progress {
  /// The stored position, or one below all that the homeserver knows.
  fileprivate var bound: Int64 { lastEventStreamOrdering ?? Int64(Int32.min) }
}
