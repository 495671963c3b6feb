package import GradusSQL
package import GradusUpdates

/// Computes the rows of `sliding_sync_membership_snapshots` that are missing or of an older membership.
///
/// Nearly all of it is phase 1, whose ranges end with rooms: batches of two workers do not wait for each other's.
package struct MembershipSnapshotsUpdate: RangedUpdateHandler {
  /// The update's name in the queue.
  package let name = "sliding_sync_membership_snapshots_bg_update"

  /// The handler.
  package init() {}

  /// Phase 2 after phase 1.
  package func nextPhase(
    after progress: MembershipSnapshotsProgress, on connection: Connection
  ) throws -> MembershipSnapshotsProgress? {
    guard progress.isInitialPhase ?? true else { return nil }
    let position = try progress.lastEventStreamOrdering ?? currentPosition(connection)
    return MembershipSnapshotsProgress(isInitialPhase: false, lastEventStreamOrdering: position)
  }

  /// The next memberships of the phase under way, up to the end of a room or of the users at one position.
  package func nextRange(
    past progress: MembershipSnapshotsProgress, rows: Int, on connection: Connection
  ) throws -> UpdateRange<MembershipSnapshotsProgress>? {
    let position = try progress.lastEventStreamOrdering ?? currentPosition(connection)
    guard progress.isInitialPhase ?? true else {
      let place = progress.place(at: position)
      return try MembershipRange.next(past: place, rows: rows, on: connection).map { end, rows in
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

  /// Looks at the next memberships of the phase under way.
  package func runBatch(
    _ progress: MembershipSnapshotsProgress, upTo end: MembershipSnapshotsProgress?, size: Int,
    on connection: Connection
  ) throws -> BatchResult<MembershipSnapshotsProgress> {
    let position = try progress.lastEventStreamOrdering ?? currentPosition(connection)
    var skips = SkipCounter()
    guard progress.isInitialPhase ?? true else {
      let page = try MembershipPage(
        after: progress.place(at: position), upTo: end?.lastEventStreamOrdering, limit: size,
        on: connection)
      guard let last = page.last else { return .end }
      var written = 0
      for memberships in page.candidates.withTellableRooms {
        written += try write(memberships, on: connection, skips: &skips)
      }
      let next = MembershipSnapshotsProgress(
        isInitialPhase: false, last: last.key, lastEventStreamOrdering: last.position)
      return BatchResult(next: next, scanned: page.scanned, written: written, skipped: skips.counts)
    }
    if progress.last.roomID.isEmpty {
      try skips.countByteIDs("room_id", "user_id", in: "local_current_membership", on: connection)
    }
    let slice = try MembershipSlice(after: progress.last, upTo: end?.last, limit: size, on: connection)
    guard let last = slice.last else { return .end(skipping: skips) }
    var written = 0
    // Parts, so that memory does not grow with the batch.
    let parts = try slice.rooms.parts(of: Self.roomsAtOnce(connection.engine), tellableBy: \.id)
      .map { Part(rooms: $0, versions: try lock($0, on: connection, skips: &skips)) }
    try connection.readAhead(parts) { part, connection in
      var (current, skips) = (CurrentRooms(), SkipCounter())
      try current.read(Set(part.joining.map(\.id)), in: part.versions, on: connection, skips: &skips)
      return (state: current, skips: skips)
    } write: { part, current in
      skips.add(current.skips)
      written += try write(part, current.state, upTo: position, on: connection, skips: &skips)
    }
    let next = MembershipSnapshotsProgress(
      isInitialPhase: true, last: last, lastEventStreamOrdering: position)
    return BatchResult(next: next, scanned: slice.scanned, written: written, skipped: skips.counts)
  }

  /// The memberships not yet looked at in this phase.
  package func estimateRemaining(
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

  /// On SQLite so few that there is something to read while others are written.
  private static func roomsAtOnce(_ engine: Engine) -> Int {
    switch engine {
    case .postgres: 2_000
    case .sqlite: 250
    }
  }

  /// Some rooms of a batch, locked.
  private struct Part {
    let rooms: [MembershipSlice.Room]
    let versions: [String: String?]

    var joining: [MembershipSlice.Room] { rooms.filter { $0.joining > 0 } }
  }

  private func lock(
    _ rooms: [MembershipSlice.Room], on connection: Connection, skips: inout SkipCounter
  ) throws -> [String: String?] {
    try lock(Set(rooms.map(\.id)), on: connection, skips: &skips) { homeless in
      try rooms.filter { homeless.contains($0.id) }.memberships(on: connection)
    }
  }

  /// - Parameters:
  ///   - current: the state of the rooms that somebody without a snapshot is in.
  ///   - position: where phase 1 began.
  private func write(
    _ part: Part, _ current: CurrentRooms, upTo position: Int64, on connection: Connection,
    skips: inout SkipCounter
  ) throws -> Int {
    let (written, complete) = try JoinedSnapshots(part.joining, in: part.versions, current)
      .write(upTo: position, on: connection)
    let rest = try part.rooms.filter { $0.others > 0 || !complete.contains($0.id) }
      .memberships(on: connection)
    return try written + writeEach(rest, in: part.versions, current, on: connection, skips: &skips)
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
