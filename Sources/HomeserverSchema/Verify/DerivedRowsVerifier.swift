package import GradusSQL

/// Compares every row of the sliding sync tables with what the base tables allow.
///
/// It shares no code with the background updates and the writers but the reader of JSON: what a row may hold is computed
/// anew, room by room, from the history of the room's state. Where the way in which a row came about decides its values
/// (a live writer leaves them as of the membership event, a background update takes those of the moment when it runs),
/// each value that one of the ways gives is right, and no other.
///
/// Ids that SQLite holds as bytes are damage, which no row can be measured by: as the updates do, it passes over the
/// rooms and users that have them, and counts them.
package struct DerivedRowsVerifier: Sendable {
  /// What is promised of the tables.
  package enum Mode: Sendable, Hashable {
    /// A row that exists is right; rows may be missing. What version 87 promises.
    case existingRowsAreRight
    /// Every row is there and right. What version 88 promises.
    case complete
  }

  /// What is promised of the tables.
  package let mode: Mode
  /// How many rooms are held in memory at once.
  package let roomsPerChunk: Int
  /// How many entries each list of the report holds at most; the counts count all.
  package let listLimit: Int

  /// - Parameters:
  ///   - mode: what is promised of the tables.
  ///   - roomsPerChunk: how many rooms are held in memory at once.
  ///   - listLimit: how many entries each list of the report holds at most.
  package init(_ mode: Mode, roomsPerChunk: Int = 500, listLimit: Int = 100) {
    self.mode = mode
    self.roomsPerChunk = roomsPerChunk
    self.listLimit = listLimit
  }

  /// Compares all rows.
  ///
  /// - Parameters:
  ///   - connection: a connection with an open transaction of one snapshot, such as one in mode `read`.
  ///   - progress: called after each chunk with the number of rooms compared so far.
  /// - Returns: what was found.
  /// - Throws: `SQLError`.
  package func verify(
    _ connection: Connection, progress: (_ rooms: Int) -> Void = { _ in }
  ) throws -> VerificationReport {
    var report = VerificationReport(mode: mode, limit: listLimit)
    report.passedOverCount = try roomsOfBytes(connection)
    var last = ""
    var count = 0
    while true {
      let rooms = try nextRooms(after: last, on: connection)
      guard let end = rooms.last else { return report }
      for room in try RoomEvidence.load(rooms, on: connection) {
        report.passedOverCount += room.isPassedOver ? 1 : room.usersPassedOver
        guard !room.isPassedOver else { continue }
        JoinedRoomCheck(room: room).run(&report)
        SnapshotCheck.run(room, &report)
      }
      last = end
      count += rooms.count
      progress(count)
    }
  }

  /// The tables that know rooms.
  private static let tables = [
    "rooms", "local_current_membership", "sliding_sync_joined_rooms", "sliding_sync_membership_snapshots",
  ]

  /// How many rooms' ids are bytes.
  private func roomsOfBytes(_ connection: Connection) throws -> Int {
    guard connection.engine == .sqlite else { return 0 }
    let branches = Self.tables.map { "SELECT room_id FROM \($0) WHERE \(connection.areBytes("room_id"))" }
    let row = try connection.queryRow("SELECT COUNT(*) FROM (\(branches.joined(separator: " UNION ")))")
    return Int(try row?.integer(0) ?? 0)
  }

  /// The next rooms that any of the tables knows, in the database's own order.
  private func nextRooms(after last: String, on connection: Connection) throws -> [String] {
    let branches = Self.tables.map { table in
      """
      SELECT room_id FROM (
        SELECT DISTINCT room_id FROM \(table)
        WHERE room_id > $1 AND \(connection.areTexts("room_id")) ORDER BY room_id LIMIT $2
      ) AS \(table)_page
      """
    }
    let sql = branches.joined(separator: "\nUNION\n") + "\nORDER BY 1 LIMIT $2"
    return try connection.query(sql, [.text(last), SQLValue(roomsPerChunk)]).map { try $0.text(0) }
  }
}
