import GradusSQL

/// Computes and writes the statistics of many rooms at once.
struct RoomStatisticsWriter {
  private let types: [StatisticsState]
  private let localSuffix: String?
  private let now: Int64
  private let bucketSize: Int64
  /// Nil where the database keeps none.
  private let history: StatisticsHistory?

  init(_ options: StatisticsOptions, withGuestAccess: Bool, on connection: Connection) throws {
    types = withGuestAccess ? StatisticsState.allCases : StatisticsState.usual
    localSuffix = try LocalDomain.suffix(options.serverName, on: connection)
    now = options.milliseconds
    bucketSize = options.bucketSize
    history = try StatisticsKind.haveHistory(connection) ? StatisticsHistory(.rooms) : nil
  }

  /// What is written of a room.
  private struct RoomStatistics {
    let room: String
    let description: RoomDescription
    /// In the order of `RoomCounts.columns`.
    let counts: [SQLValue]
  }

  /// - Returns: how many rooms were written; those whose state cannot be read are left as they are.
  func write(_ rooms: [String], on connection: Connection, skips: inout SkipCounter) throws -> Int {
    // What is read from here on cannot change until the batch commits.
    let versions = try RoomLock.take(rooms, on: connection)
    try RowLock.take(rooms, column: "room_id", of: StatisticsTable.rooms, on: connection)
    // Read before the counts, so that it claims nothing that they lack.
    let stream = try StreamPosition(now: now, on: connection)
    let found = try connection.readInHalves(rooms) { rooms, connection in
      try read(rooms, in: versions, on: connection)
    }
    for half in found { skips.add(half.skips) }
    let statistics = found.flatMap(\.statistics)
    let written = statistics.map(\.room)
    try writeState(statistics, on: connection)
    try history?.collect(written, at: now, on: connection)
    try writeCounts(statistics, upTo: stream, on: connection)
    try history?.touch(written, at: now, length: bucketSize, on: connection)
    return written.count
  }

  private func read(
    _ rooms: [String], in versions: [String: String?], on connection: Connection
  ) throws -> (statistics: [RoomStatistics], skips: SkipCounter) {
    var skips = SkipCounter()
    // What cannot be read counts as not there: the room has its row all the same.
    let (found, counts) = try CurrentState.read(types, of: rooms, in: versions, on: connection, skips: &skips)
    {
      state, skips -> RoomDescription? in
      if let failure = state.failure {
        skips.count(failure)
        return nil
      }
      return RoomDescription(state.contents, skips: &skips)
    } meanwhile: {
      try RoomCounts.read(of: rooms, localSuffix: localSuffix, on: connection)
    }
    let unknown = RoomDescription([:], skips: &skips)
    let statistics = zip(rooms, found).compactMap { room, found -> RoomStatistics? in
      // The server may have left it before it was locked: it has no state any more.
      guard let counts = counts[room], let description = found ?? unknown else { return nil }
      return RoomStatistics(room: room, description: description, counts: counts)
    }
    return (statistics, skips)
  }

  private func writeState(_ statistics: [RoomStatistics], on connection: Connection) throws {
    let table = BatchTable(
      columns: [("room_id", .text), ("is_federatable", .boolean)] + types.map { ($0.column, .text) },
      rows: statistics.map { room in
        [.text(room.room), .boolean(room.description.isFederatable)]
          + types.map { SQLValue(room.description.texts[$0]) }
      })
    try table.insert(into: StatisticsTable.roomState, present: .isReplaced(key: "room_id"), on: connection)
  }

  private func writeCounts(
    _ statistics: [RoomStatistics], upTo stream: StreamPosition, on connection: Connection
  ) throws {
    // Rooms that are locked are counted up to their own newest position.
    let positions = try stream.positions(of: statistics.map(\.room), on: connection)
    let table = BatchTable(
      columns: [("room_id", .text)] + RoomCounts.columns.map { ($0, .integer) }
        + [("completed_delta_stream_id", .integer)],
      rows: statistics.map { room in
        let position = max(stream.settled, positions[room.room] ?? stream.settled)
        return [.text(room.room)] + room.counts + [.integer(position)]
      })
    try table.insert(into: StatisticsTable.rooms, present: .isReplaced(key: "room_id"), on: connection)
  }
}
