package import GradusSQL
package import GradusUpdates

/// Queues every room that a local user is joined to for `JoinedRoomsUpdate`.
package struct PrefillJoinedRoomsUpdate: UpdateHandler {
  /// The last room looked at.
  package struct Progress: UpdateProgress, Codable, Equatable {
    /// Its id; nil before the first batch.
    package var lastRoomID: String?

    enum CodingKeys: String, CodingKey {
      case lastRoomID = "last_room_id"
    }
  }

  /// The update's name in the queue.
  package let name = "sliding_sync_prefill_joined_rooms_to_recalculate_table_bg_update"

  /// The handler.
  package init() {}

  /// Looks at the next rooms in the order of their ids. A membership in a room that `rooms` lacks cannot be
  /// queued, which costs nothing: without a version such a room has no readable state.
  package func runBatch(
    _ progress: Progress, size: Int, on connection: Connection
  ) throws -> BatchResult<Progress> {
    var skips = SkipCounter()
    if progress.lastRoomID == nil { try skips.countByteIDs("room_id", in: "rooms", on: connection) }
    let rooms = try connection.query(
      """
      SELECT room_id FROM rooms WHERE room_id > $1 AND \(connection.areTexts("room_id")) ORDER BY room_id LIMIT $2
      """,
      [.text(progress.lastRoomID ?? ""), SQLValue(size)]
    ).map { try $0.text(0) }
    guard let last = rooms.last else { return .end(skipping: skips) }
    let written = try connection.execute(over: .texts("room_id", rooms)) { source in
      """
      INSERT INTO \(SlidingSyncTable.queue) (room_id)
      SELECT k.room_id FROM \(source)
      WHERE (
        SELECT 1 FROM local_current_membership c WHERE c.room_id = k.room_id AND c.membership = 'join' LIMIT 1
      ) IS NOT NULL
      ON CONFLICT DO NOTHING
      """
    }
    return BatchResult(
      next: Progress(lastRoomID: last), scanned: rooms.count, written: written, skipped: skips.counts)
  }

  /// The rooms not yet looked at.
  package func estimateRemaining(_ progress: Progress, on connection: Connection) throws -> Int? {
    try RowEstimate.count(
      "rooms", where: "room_id > $1", [.text(progress.lastRoomID ?? "")], on: connection)
  }
}
