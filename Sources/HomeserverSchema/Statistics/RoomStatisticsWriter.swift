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
    let descriptions = try describe(rooms, in: versions, on: connection, skips: &skips)
    let readable = descriptions.map(\.room)
    try writeState(descriptions, on: connection)
    try history?.collect(readable, at: now, on: connection)
    let written = try writeCounts(readable, on: connection)
    try history?.touch(readable, at: now, length: bucketSize, on: connection)
    return written
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
    let bare = try Self.withState(zip(rooms, found).filter { $1 == nil }.map(\.0), on: connection)
    let unknown = RoomDescription([:], skips: &skips)
    return zip(rooms, found).compactMap { room, found in
      (found ?? (bare.contains(room) ? unknown : nil)).map { (room, $0) }
    }
  }

  /// Those of the rooms that have a state still: before they were locked the server may have left them.
  private static func withState(_ rooms: [String], on connection: Connection) throws -> Set<String> {
    guard connection.engine == .postgres else { return Set(rooms) }
    let rows = try connection.query(over: .texts("room_id", rooms)) { source in
      """
      SELECT k.room_id FROM \(source)
      WHERE (SELECT 1 FROM current_state_events c WHERE c.room_id = k.room_id LIMIT 1) IS NOT NULL
      """
    }
    return Set(try rows.map { try $0.text(0) })
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

  private func writeCounts(_ rooms: [String], on connection: Connection) throws -> Int {
    let stream = try StreamPosition(now: now, on: connection)
    let written = try connection.execute(
      over: .texts("room_id", rooms), [SQLValue(localSuffix), .integer(stream.settled)]
    ) { source in
      let counts = RoomCounts.all(on: connection.engine, localSuffix: "$1")
      let changes = (counts.map(\.column) + ["completed_delta_stream_id"]).map { "\($0) = excluded.\($0)" }
      return """
        INSERT INTO \(StatisticsTable.rooms) (
          room_id, \(counts.map(\.column).joined(separator: ", ")), completed_delta_stream_id
        )
        \(RoomCounts.query(counts, of: source, position: "$2", on: connection.engine))
        ON CONFLICT (room_id) DO UPDATE SET \(changes.joined(separator: ", "))
        """
    }
    try writeOwnPositions(of: rooms, beyond: stream, on: connection)
    return written
  }

  /// Rooms that are locked are counted up to their own newest position.
  private func writeOwnPositions(
    of rooms: [String], beyond stream: StreamPosition, on connection: Connection
  ) throws {
    let positions = try stream.positions(of: rooms, on: connection).filter { $0.value > stream.settled }
    let table = BatchTable(
      columns: [("room_id", .text), ("position", .integer)],
      rows: positions.map { [.text($0.key), .integer($0.value)] })
    try connection.execute(over: table) { source in
      """
      UPDATE \(StatisticsTable.rooms) SET completed_delta_stream_id = k.position
      FROM \(source) WHERE \(StatisticsTable.rooms).room_id = k.room_id
      """
    }
  }
}
