import GradusJSON
import GradusSQL

/// The rooms of one batch.
struct DirectoryRooms {
  /// All of them, in the order in which they are taken: those with the most state events first, of equal ones that with
  /// the greater id.
  let staged: [String]
  /// Their state events.
  let events: Int
  /// Those that the server is in, with their place in the order and whether anybody can see who is in them.
  let joined: BatchTable

  /// - Parameters:
  ///   - size: how many state events there are to be; the last room may go beyond.
  ///   - serverName: the server's name.
  init(upTo size: Int, serverName: String, on connection: Connection, skips: inout SkipCounter) throws {
    let rows = try connection.query(
      """
      SELECT room_id, events FROM \(DirectoryStaging.rooms) WHERE \(connection.areTexts("room_id"))
      ORDER BY events DESC, room_id DESC LIMIT $1
      """, [SQLValue(max(size, 1))])
    var staged: [String] = []
    var events = 0
    for row in rows where events <= size {
      staged.append(try row.text(0))
      events += Int(try row.integer(1))
    }
    self.staged = staged
    self.events = events
    // Who is just writing into one of them is waited for, so that what he writes is seen here or comes after the saved
    // position.
    _ = try RoomLock.take(staged, on: connection)
    let joined = try Self.joined(staged, serverName: serverName, on: connection)
    let visible = try PublicRooms.among(joined, on: connection, skips: &skips)
    // By code points: of two ids that Swift takes for equal one may be public and the other not.
    let isJoined = Set(joined.map { JSONText($0) })
    var table = BatchTable(columns: [("room_id", .text), ("nth", .integer), ("is_public", .boolean)])
    for (index, room) in staged.enumerated() {
      let key = JSONText(room)
      guard isJoined.contains(key) else { continue }
      table.rows.append([.text(room), SQLValue(index), .boolean(visible.contains(key))])
    }
    self.joined = table
  }

  private static func joined(
    _ rooms: [String], serverName: String, on connection: Connection
  ) throws -> [String] {
    let isLocal = UserIDText.isOfDomain("c.state_key", parameter: 1, on: connection.engine)
    let rows = try connection.query(over: .texts("room_id", rooms), [.text(":" + serverName)]) { source in
      """
      SELECT k.room_id FROM \(source)
      WHERE EXISTS (
        SELECT 1 FROM current_state_events c
        WHERE c.room_id = k.room_id AND c.type = 'm.room.member' AND c.membership = 'join' AND \(isLocal)
      )
      """
    }
    return try rows.map { try $0.text(0) }
  }
}
