package import GradusSQL
package import GradusUpdates

/// Computes the rows of `sliding_sync_joined_rooms` for the queued rooms.
///
/// The queue is the progress: each batch takes the rooms that it looked at off it, those without a row
/// included.
package struct JoinedRoomsUpdate: UpdateHandler {
  /// The update's name in the queue.
  package let name = "sliding_sync_joined_rooms_bg_update"

  /// The handler.
  package init() {}

  /// Takes the next rooms off the queue.
  package func runBatch(
    _ progress: NoProgress, size: Int, on connection: Connection
  ) throws -> BatchResult<NoProgress> {
    let queued = try connection.query(
      """
      SELECT room_id FROM \(SlidingSyncTable.queue) WHERE \(connection.areTexts("room_id")) ORDER BY room_id LIMIT $1
      """, [SQLValue(size)]
    ).map { try $0.text(0) }
    var skips = SkipCounter()
    guard !queued.isEmpty else {
      let taken = try takeByteIDs(on: connection)
      skips.count(.idNotText, taken)
      return taken == 0
        ? .end : BatchResult(next: progress, scanned: taken, written: 0, skipped: skips.counts)
    }
    var written = 0
    // Parts, so that memory does not grow with the batch.
    for rooms in queued.parts(of: Self.roomsAtOnce, tellableBy: \.self) {
      written += try take(rooms, on: connection, skips: &skips)
    }
    return BatchResult(next: progress, scanned: queued.count, written: written, skipped: skips.counts)
  }

  private static let roomsAtOnce = 2_000

  /// Takes rooms off the queue, and writes their rows.
  ///
  /// They are taken off before anything is read of them: who makes a row stale holds the room in the queue until that can
  /// be seen, and need not have locked the room. A completed partial join changes its state without.
  ///
  /// - Returns: how many rows were written.
  private func take(
    _ queued: [String], on connection: Connection, skips: inout SkipCounter
  ) throws -> Int {
    let versions = try RoomLock.take(queued, on: connection)
    try connection.execute(over: .texts("room_id", queued)) { source in
      "DELETE FROM \(SlidingSyncTable.queue) WHERE room_id IN (SELECT k.room_id FROM \(source))"
    }
    // A row that exists is right, and is left to the live writers.
    let present = try presentRooms(among: queued, on: connection)
    let wanted = queued.filter { room in
      guard !present.contains(room) else { return false }
      guard let version = versions[room] ?? nil, RoomVersion.eventFormat(of: version) == nil else {
        return true
      }
      skips.count(.unknownRoomVersion)
      return false
    }
    return try write(wanted, in: versions, on: connection, skips: &skips)
  }

  /// Takes rooms off the queue whose ids are bytes.
  private func takeByteIDs(on connection: Connection) throws -> Int {
    try connection.execute(
      "DELETE FROM \(SlidingSyncTable.queue) WHERE \(connection.areBytes("room_id"))")
  }

  /// The rooms in the queue.
  package func estimateRemaining(_ progress: NoProgress, on connection: Connection) throws -> Int? {
    try RowEstimate.count(SlidingSyncTable.queue, where: "TRUE", [], on: connection)
  }

  private func presentRooms(among rooms: [String], on connection: Connection) throws -> Set<String> {
    let row = connection.lookUp(SlidingSyncTable.joinedRooms, as: "j", "room_id", equals: "k.room_id")
    let rows = try connection.query(over: .texts("room_id", rooms)) { source in
      "SELECT j.room_id FROM \(source) \(row)"
    }
    return Set(try rows.map { try $0.text(0) })
  }

  private func write(
    _ rooms: [String], in versions: [String: String?], on connection: Connection,
    skips: inout SkipCounter
  ) throws -> Int {
    let found = try connection.readInHalves(rooms) { rooms, connection in
      try rows(of: rooms, in: versions, on: connection)
    }
    for half in found { skips.add(half.skips) }
    let table = BatchTable(
      columns: [("room_id", .text), ("event_stream_ordering", .integer), ("bump_stamp", .integer)]
        + RoomValues.columns,
      rows: found.flatMap(\.rows))
    return try table.insert(into: SlidingSyncTable.joinedRooms, present: .stays, on: connection)
  }

  /// What is to be written of rooms.
  private func rows(
    of rooms: [String], in versions: [String: String?], on connection: Connection
  ) throws -> (rows: [[SQLValue]], skips: SkipCounter) {
    var skips = SkipCounter()
    let (found, positions) = try CurrentState.read(
      RelevantState.allCases, of: rooms, in: versions, on: connection, skips: &skips
    ) { state, skips -> RoomValues? in
      switch ReadableState(state) {
      case .none: return nil
      case .unreadable(let reason):
        skips.count(reason)
        return nil
      case .contents(let contents): return RoomValues(contents, skips: &skips)
      }
    } meanwhile: {
      try RoomPositions.read(of: rooms, on: connection)
    }
    var rows: [[SQLValue]] = []
    for case (let room, let values??) in zip(rooms, found) {
      guard let position = positions[room] else {
        skips.count(.noEventInRoom)
        continue
      }
      rows.append([.text(room), .integer(position.latest), SQLValue(position.bump)] + values.values)
    }
    return (rows, skips)
  }
}
