public import GradusSQL
public import GradusUpdates

/// Computes the rows of `sliding_sync_membership_snapshots` that are missing or of an older membership.
public struct MembershipSnapshotsUpdate: UpdateHandler {
  /// The update's name in the queue.
  public let name = "sliding_sync_membership_snapshots_bg_update"

  let reader: EventReader

  /// The handler.
  public init() { self.init(reader: EventReader()) }

  init(reader: EventReader) { self.reader = reader }

  /// Looks at the next memberships of the phase under way.
  public func runBatch(
    _ progress: MembershipSnapshotsProgress, size: Int, on connection: Connection
  ) throws -> BatchResult<MembershipSnapshotsProgress> {
    let position = try progress.lastEventStreamOrdering ?? currentPosition(connection)
    let isInitialPhase = progress.isInitialPhase ?? true
    let page =
      isInitialPhase
      ? try MembershipPage(
        after: MembershipKey(roomID: progress.lastRoomID ?? "", userID: progress.lastUserID ?? ""),
        limit: size, on: connection)
      : try MembershipPage(afterPosition: position, limit: size, on: connection)
    guard let last = page.last else {
      let next = MembershipSnapshotsProgress(isInitialPhase: false, lastEventStreamOrdering: position)
      return BatchResult(next: isInitialPhase ? next : nil, scanned: 0, written: 0)
    }
    var skips = SkipCounter()
    let written = try write(page.candidates, on: connection, skips: &skips)
    let next = MembershipSnapshotsProgress(
      isInitialPhase: isInitialPhase, last: last,
      lastEventStreamOrdering: isInitialPhase ? position : page.lastPosition ?? position)
    return BatchResult(next: next, scanned: page.scanned, written: written, skipped: skips.counts)
  }

  /// The memberships not yet looked at in this phase.
  public func estimateRemaining(
    _ progress: MembershipSnapshotsProgress, on connection: Connection
  ) throws -> Int? {
    if progress.isInitialPhase == false, let position = progress.lastEventStreamOrdering {
      return try RowEstimate.count(
        "local_current_membership", where: "event_stream_ordering > $1", [.integer(position)],
        on: connection)
    }
    return try RowEstimate.count(
      "local_current_membership", where: "room_id >= $1 AND (room_id, user_id) > ($1, $2)",
      [.text(progress.lastRoomID ?? ""), .text(progress.lastUserID ?? "")], on: connection)
  }

  private func currentPosition(_ connection: Connection) throws -> Int64 {
    try connection.queryRow("SELECT MAX(stream_ordering) FROM events")?[0].integer ?? 0
  }

  private func write(
    _ memberships: [MembershipKey], on connection: Connection, skips: inout SkipCounter
  ) throws -> Int {
    guard !memberships.isEmpty else { return 0 }
    let rooms = Set(memberships.map(\.roomID))
    var versions = try RoomLock.take(rooms, on: connection)
    if versions.count < rooms.count {
      let homeless = memberships.filter { versions[$0.roomID] == nil }
      try MissingRooms.insert(for: homeless, on: connection, skips: &skips)
      versions = try RoomLock.take(rooms, on: connection)
    }
    let found = try MembershipCandidate.read(memberships, in: versions, on: connection, skips: &skips)
    try MembershipSnapshot.removeStale(of: found.stale, on: connection)
    let sources = try SnapshotSources(found.candidates, reader: reader, on: connection, skips: &skips)
    let snapshots = found.candidates.compactMap { candidate in
      sources.describe(candidate, skips: &skips).map { MembershipSnapshot(of: candidate, $0) }
    }
    return try MembershipSnapshot.write(snapshots, on: connection)
  }
}
