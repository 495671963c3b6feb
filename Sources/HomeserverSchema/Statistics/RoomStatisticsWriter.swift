import GradusSQL

/// Computes and writes the statistics of many rooms at once.
struct RoomStatisticsWriter {
  private let reader: EventReader
  private let types: Set<StatisticsState>
  private let textColumns: [String]
  private let localSuffix: String?
  private let now: Int64
  private let bucketSize: Int64
  /// Nil where the database keeps none.
  private let history: StatisticsHistory?

  init(
    _ options: StatisticsOptions, reader: EventReader, withGuestAccess: Bool, on connection: Connection
  ) throws {
    self.reader = reader
    types = withGuestAccess ? Set(StatisticsState.allCases) : StatisticsState.usual
    textColumns = RoomDescription.textColumns + (withGuestAccess ? ["guest_access"] : [])
    localSuffix = try LocalDomain.suffix(options.serverName, on: connection)
    now = options.milliseconds
    bucketSize = options.bucketSize
    history = try StatisticsKind.haveHistory(connection) ? StatisticsHistory(.rooms) : nil
  }

  /// - Returns: how many rooms were written; those whose state cannot be read are left as they are.
  func write(_ rooms: [String], on connection: Connection, skips: inout SkipCounter) throws -> Int {
    // What is read from here on cannot change until the batch commits.
    _ = try RoomLock.take(Set(rooms), on: connection)
    try RowLock.take(rooms, column: "room_id", of: StatisticsTable.rooms, on: connection)
    let descriptions = try describe(rooms, on: connection, skips: &skips)
    let readable = rooms.filter { descriptions[$0] != nil }
    try writeState(descriptions, readable, on: connection)
    try history?.collect(readable, at: now, on: connection)
    let written = try writeCounts(readable, on: connection)
    try history?.touch(readable, at: now, length: bucketSize, on: connection)
    return written
  }

  private func describe(
    _ rooms: [String], on connection: Connection, skips: inout SkipCounter
  ) throws -> [String: RoomDescription] {
    let state = connection.lookUp(
      "current_state_events", as: "c", "room_id", equals: "k.room_id",
      where: "c.type IN (\(StatisticsState.sqlList(types))) AND c.state_key = ''")
    let rows = try connection.query(over: .texts("room_id", rooms)) { source in
      """
      SELECT c.room_id, c.type, c.event_id
      FROM \(source)
      \(state)
      """
    }
    var states: [String: [StatisticsState: String]] = [:]
    for row in rows {
      guard let type = StatisticsState(rawValue: try row.text(1)) else { continue }
      states[try row.text(0), default: [:]][type] = try row.text(2)
    }
    let read = try reader.read(Set(states.values.flatMap(\.values)), on: connection, skips: &skips)
    var descriptions: [String: RoomDescription] = [:]
    for room in rooms {
      let state = states[room] ?? [:]
      if let failure = state.values.lazy.compactMap({ read.failures[$0] }).first {
        skips.count(failure)
        continue
      }
      // What cannot be read counts as not there: the room has its row all the same.
      descriptions[room] = RoomDescription(state.compactMapValues { read.events[$0] }, skips: &skips)
    }
    return descriptions
  }

  private func writeState(
    _ descriptions: [String: RoomDescription], _ rooms: [String], on connection: Connection
  ) throws {
    let names = ["room_id", "is_federatable"] + textColumns
    var table = BatchTable(
      columns: names.map { (name: $0, type: $0 == "is_federatable" ? .boolean : .text) })
    for room in rooms {
      guard let description = descriptions[room] else { continue }
      table.rows.append(
        [.text(room), .boolean(description.isFederatable)] + description.values(textColumns))
    }
    let changes = names.dropFirst().map { "\($0) = excluded.\($0)" }
    try connection.execute(over: table) { source in
      """
      INSERT INTO \(StatisticsTable.roomState) (\(names.joined(separator: ", ")))
      SELECT \(names.map { "k.\($0)" }.joined(separator: ", ")) FROM \(source)
      WHERE (SELECT 1 FROM current_state_events c WHERE c.room_id = k.room_id LIMIT 1) IS NOT NULL
      ON CONFLICT (room_id) DO UPDATE SET \(changes.joined(separator: ", "))
      """
    }
  }

  private func writeCounts(_ rooms: [String], on connection: Connection) throws -> Int {
    let stream = try StreamPosition(now: now, on: connection)
    let positions = try stream.positions(of: rooms, on: connection)
    let table = BatchTable(
      columns: [("room_id", .text), ("position", .integer)],
      rows: rooms.map { [.text($0), .integer(positions[$0] ?? stream.settled)] })
    func members(_ condition: String) -> String {
      "COUNT(*) FILTER (WHERE c.type = 'm.room.member' AND \(condition))"
    }
    let isLocal = "\(LocalDomain.suffixOf("c.state_key", on: connection.engine)) = $1"
    let counts = [
      ("current_state_events", "COUNT(*)"),
      ("joined_members", members("c.membership = 'join'")),
      ("invited_members", members("c.membership = 'invite'")),
      ("left_members", members("c.membership = 'leave'")),
      ("banned_members", members("c.membership = 'ban'")),
      ("local_users_in_room", members("c.membership = 'join' AND \(isLocal)")),
      ("completed_delta_stream_id", "MAX(k.position)"),
      ("knocked_members", members("c.membership = 'knock'")),
    ]
    let state = connection.lookUp("current_state_events", as: "c", "room_id", equals: "k.room_id")
    let changes = counts.map { "\($0.0) = excluded.\($0.0)" }
    return try connection.execute(over: table, [SQLValue(localSuffix)]) { source in
      """
      INSERT INTO \(StatisticsTable.rooms) (room_id, \(counts.map(\.0).joined(separator: ", ")))
      SELECT k.room_id, \(counts.map(\.1).joined(separator: ", "))
      FROM \(source)
      \(state)
      WHERE TRUE
      GROUP BY k.room_id
      ON CONFLICT (room_id) DO UPDATE SET \(changes.joined(separator: ", "))
      """
    }
  }
}
