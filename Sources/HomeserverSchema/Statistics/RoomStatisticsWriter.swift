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

  /// - Returns: how many rooms were written; those whose state cannot be read are left as they are.
  func write(_ rooms: [String], on connection: Connection, skips: inout SkipCounter) throws -> Int {
    // What is read from here on cannot change until the batch commits.
    let versions = try RoomLock.take(rooms, on: connection)
    try RowLock.take(rooms, column: "room_id", of: StatisticsTable.rooms, on: connection)
    // Read before the counts, so that it claims nothing that they lack.
    let stream = try StreamPosition(now: now, on: connection)
    let (counts, descriptions) = try connection.alongside { connection in
      try RoomCounts.read(of: rooms, localSuffix: localSuffix, on: connection)
    } _: {
      try describe(rooms, in: versions, on: connection, skips: &skips)
    }
    // Before they were locked the server may have left some; they have no state any more.
    let readable = descriptions.filter { counts[$0.room] != nil }
    try writeState(readable, on: connection)
    let written = readable.map(\.room)
    try history?.collect(written, at: now, on: connection)
    try write(counts, of: written, upTo: stream, on: connection)
    try history?.touch(written, at: now, length: bucketSize, on: connection)
    return written.count
  }

  private func describe(
    _ rooms: [String], in versions: [String: String?], on connection: Connection, skips: inout SkipCounter
  ) throws -> [(room: String, description: RoomDescription)] {
    // What cannot be read counts as not there: the room has its row all the same.
    let found = try CurrentState.read(types, of: rooms, in: versions, on: connection, skips: &skips) {
      state, skips -> RoomDescription? in
      if let failure = state.failure {
        skips.count(failure)
        return nil
      }
      return RoomDescription(state.contents, skips: &skips)
    }
    let unknown = RoomDescription([:], skips: &skips)
    return zip(rooms, found).compactMap { room, found in (found ?? unknown).map { (room, $0) } }
  }

  private func writeState(
    _ descriptions: [(room: String, description: RoomDescription)], on connection: Connection
  ) throws {
    let table = BatchTable(
      columns: [("room_id", .text), ("is_federatable", .boolean)] + types.map { ($0.column, .text) },
      rows: descriptions.map { room, description in
        [.text(room), .boolean(description.isFederatable)] + types.map { SQLValue(description.texts[$0]) }
      })
    try table.insert(into: StatisticsTable.roomState, present: .isReplaced(key: "room_id"), on: connection)
  }

  private func write(
    _ counts: [String: [SQLValue]], of rooms: [String], upTo stream: StreamPosition, on connection: Connection
  ) throws {
    // Rooms that are locked are counted up to their own newest position.
    let positions = try stream.positions(of: rooms, on: connection)
    let table = BatchTable(
      columns: [("room_id", .text)] + RoomCounts.columns.map { ($0, .integer) }
        + [("completed_delta_stream_id", .integer)],
      rows: rooms.map { room in
        [.text(room)] + (counts[room] ?? [])
          + [.integer(max(stream.settled, positions[room] ?? stream.settled))]
      })
    try table.insert(into: StatisticsTable.rooms, present: .isReplaced(key: "room_id"), on: connection)
  }
}
