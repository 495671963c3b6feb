import GradusSQL

/// One row of `sliding_sync_membership_snapshots`.
struct MembershipSnapshot {
  private let candidate: MembershipCandidate
  private let room: SnapshotRoom

  init(of candidate: MembershipCandidate, _ room: SnapshotRoom) {
    self.candidate = candidate
    self.room = room
  }

  /// Removes the snapshots of older membership events, which are wrong whether or not a right one can be
  /// made.
  static func removeStale(of memberships: [MembershipKey], on connection: Connection) throws {
    try connection.execute(over: .memberships(memberships)) { source in
      """
      DELETE FROM \(SlidingSyncTable.snapshots)
      WHERE (room_id, user_id) IN (SELECT k.room_id, k.user_id FROM \(source))
        AND EXISTS (
          SELECT 1 FROM local_current_membership c
          JOIN events e ON e.event_id = c.event_id
          WHERE c.room_id = \(SlidingSyncTable.snapshots).room_id
            AND c.user_id = \(SlidingSyncTable.snapshots).user_id
            AND c.event_id <> \(SlidingSyncTable.snapshots).membership_event_id
        )
      """
    }
  }

  /// Writes the snapshots of a batch. A row that a live writer made meanwhile stays.
  ///
  /// - Returns: how many were written.
  static func write(_ snapshots: [MembershipSnapshot], on connection: Connection) throws -> Int {
    try BatchTable(columns: columns, rows: snapshots.map(\.values))
      .insert(into: SlidingSyncTable.snapshots, present: .stays, on: connection)
  }

  private static let columns: [(name: String, type: BatchTable.ColumnType)] =
    [
      ("room_id", .text), ("user_id", .text), ("sender", .text), ("membership_event_id", .text),
      ("membership", .text), ("forgotten", .integer), ("event_stream_ordering", .integer),
      ("event_instance_name", .text), ("has_known_state", .boolean),
    ] + RoomValues.columns

  private var values: [SQLValue] {
    [
      .text(candidate.key.roomID), .text(candidate.key.userID), .text(candidate.sender),
      .text(candidate.eventID.text), .text(candidate.membership.rawValue), .integer(candidate.forgotten),
      .integer(candidate.position), .text(candidate.instanceName), .boolean(room.hasKnownState),
    ] + room.values.values
  }
}
