public import GradusSQL
public import GradusUpdates

/// Computes the rows of `sliding_sync_membership_snapshots` that are missing or of an older membership.
///
/// Nearly all of it is phase 1, whose ranges end with rooms: batches of two workers do not wait for each other's.
public struct MembershipSnapshotsUpdate: RangedUpdateHandler {
  /// The update's name in the queue.
  public let name = "sliding_sync_membership_snapshots_bg_update"

  /// The handler.
  public init() {}

  /// Looks at the next memberships of the phase under way.
  public func runBatch(
    _ progress: MembershipSnapshotsProgress, size: Int, on connection: Connection
  ) throws -> BatchResult<MembershipSnapshotsProgress> {
    let result = try runBatch(progress, within: nil, size: size, on: connection)
    guard result.next == nil, let next = try nextPhase(after: progress, on: connection) else { return result }
    return BatchResult(next: next, scanned: 0, written: 0)
  }

  /// Looks at the next memberships of a range.
  public func runBatch(
    _ progress: MembershipSnapshotsProgress, upTo end: MembershipSnapshotsProgress, size: Int,
    on connection: Connection
  ) throws -> BatchResult<MembershipSnapshotsProgress> {
    try runBatch(progress, within: end, size: size, on: connection)
  }

  /// Phase 2 after phase 1.
  public func nextPhase(
    after progress: MembershipSnapshotsProgress, on connection: Connection
  ) throws -> MembershipSnapshotsProgress? {
    guard progress.isInitialPhase ?? true else { return nil }
    let position = try progress.lastEventStreamOrdering ?? currentPosition(connection)
    return MembershipSnapshotsProgress(isInitialPhase: false, lastEventStreamOrdering: position)
  }

  /// The next memberships of the phase under way, up to the end of a room or of the users at one position.
  public func nextRange(
    past progress: MembershipSnapshotsProgress, rows: Int, on connection: Connection
  ) throws -> UpdateRange<MembershipSnapshotsProgress>? {
    let position = try progress.lastEventStreamOrdering ?? currentPosition(connection)
    guard progress.isInitialPhase ?? true else {
      return try MembershipRange.next(past: position, rows: rows, on: connection).map { end, rows in
        UpdateRange(
          start: progress,
          end: MembershipSnapshotsProgress(isInitialPhase: false, lastEventStreamOrdering: end), rows: rows)
      }
    }
    let start = progress.last
    return try MembershipRange.next(past: start, rows: rows, on: connection).map { end, rows in
      func progress(_ last: MembershipKey) -> MembershipSnapshotsProgress {
        MembershipSnapshotsProgress(isInitialPhase: true, last: last, lastEventStreamOrdering: position)
      }
      return UpdateRange(start: progress(start), end: progress(end), rows: rows)
    }
  }

  private func runBatch(
    _ progress: MembershipSnapshotsProgress, within end: MembershipSnapshotsProgress?, size: Int,
    on connection: Connection
  ) throws -> BatchResult<MembershipSnapshotsProgress> {
    let position = try progress.lastEventStreamOrdering ?? currentPosition(connection)
    var skips = SkipCounter()
    guard progress.isInitialPhase ?? true else {
      let page = try MembershipPage(
        after: position, upTo: end?.lastEventStreamOrdering, limit: size, on: connection)
      guard let last = page.last else { return .end }
      var written = 0
      for memberships in page.candidates.withTellableRooms {
        written += try write(memberships, on: connection, skips: &skips)
      }
      let next = MembershipSnapshotsProgress(
        isInitialPhase: false, last: last.key, lastEventStreamOrdering: last.position)
      return BatchResult(next: next, scanned: page.scanned, written: written, skipped: skips.counts)
    }
    let slice = try MembershipSlice(after: progress.last, upTo: end?.last, limit: size, on: connection)
    guard let last = slice.last else { return .end }
    var written = 0
    // Parts, so that memory does not grow with the batch.
    for rooms in slice.rooms.parts(of: Self.roomsAtOnce, tellableBy: \.id) {
      written += try write(rooms, upTo: position, on: connection, skips: &skips)
    }
    let next = MembershipSnapshotsProgress(
      isInitialPhase: true, last: last, lastEventStreamOrdering: position)
    return BatchResult(next: next, scanned: slice.scanned, written: written, skipped: skips.counts)
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
      [.text(progress.last.roomID), .text(progress.last.userID)], on: connection)
  }

  private func currentPosition(_ connection: Connection) throws -> Int64 {
    try connection.queryRow("SELECT MAX(stream_ordering) FROM events")?[0].integer ?? 0
  }

  private static let roomsAtOnce = 2_000

  /// - Parameter position: where phase 1 began.
  private func write(
    _ rooms: [MembershipSlice.Room], upTo position: Int64, on connection: Connection, skips: inout SkipCounter
  ) throws -> Int {
    let versions = try lock(Set(rooms.map(\.id)), on: connection, skips: &skips) { homeless in
      try rooms.filter { homeless.contains($0.id) }.memberships(on: connection)
    }
    let joining = rooms.filter { $0.joining > 0 }
    var current = CurrentRooms()
    try current.read(Set(joining.map(\.id)), in: versions, on: connection, skips: &skips)
    let (written, complete) = try JoinedSnapshots(joining, in: versions, current)
      .write(upTo: position, on: connection)
    let rest = try rooms.filter { $0.others > 0 || !complete.contains($0.id) }.memberships(on: connection)
    return try written + writeEach(rest, in: versions, current, on: connection, skips: &skips)
  }

  private func write(
    _ memberships: [MembershipKey], on connection: Connection, skips: inout SkipCounter
  ) throws -> Int {
    let versions = try lock(Set(memberships.map(\.roomID)), on: connection, skips: &skips) { homeless in
      memberships.filter { homeless.contains($0.roomID) }
    }
    return try writeEach(memberships, in: versions, CurrentRooms(), on: connection, skips: &skips)
  }

  /// Locks rooms, and makes those that are missing.
  ///
  /// - Parameter memberships: those of the rooms.
  /// - Returns: the versions of the rooms.
  private func lock(
    _ rooms: Set<String>, on connection: Connection, skips: inout SkipCounter,
    memberships: (_ rooms: Set<String>) throws -> [MembershipKey]
  ) throws -> [String: String?] {
    let versions = try RoomLock.take(rooms, on: connection)
    guard versions.count < rooms.count else { return versions }
    try MissingRooms.insert(
      for: memberships(rooms.subtracting(versions.keys)), on: connection, skips: &skips)
    return try RoomLock.take(rooms, on: connection)
  }

  private func writeEach(
    _ memberships: [MembershipKey], in versions: [String: String?], _ current: CurrentRooms,
    on connection: Connection, skips: inout SkipCounter
  ) throws -> Int {
    guard !memberships.isEmpty else { return 0 }
    let found = try MembershipCandidate.read(memberships, in: versions, on: connection, skips: &skips)
    try MembershipSnapshot.removeStale(of: found.stale, on: connection)
    let sources = try SnapshotSources(
      found.candidates, in: versions, current, on: connection, skips: &skips)
    let snapshots = found.candidates.compactMap { candidate in
      sources.describe(candidate, skips: &skips).map { MembershipSnapshot(of: candidate, $0) }
    }
    return try MembershipSnapshot.write(snapshots, on: connection)
  }
}
