import GradusSQL

@testable import HomeserverSchema

extension World {
  /// Stores a state event of any type and makes it current.
  @discardableResult
  func current(
    _ type: String, in room: String, content: String = "{}", stateKey: String = "",
    _ storage: Storage = Storage()
  ) throws -> String {
    let id = try event(type, in: room, stateKey: stateKey, content: content, storage)
    try makeCurrent(id, type, stateKey: stateKey, in: room)
    return id
  }

  /// Makes a membership part of the room's current state.
  @discardableResult
  func currentMember(_ user: String, _ membership: String?, in room: String) throws -> String {
    let id = try event(
      "m.room.member", in: room, by: user, stateKey: user,
      content: #"{"membership":"\#(membership ?? "join")"}"#)
    try connection.execute(
      """
      INSERT INTO current_state_events (event_id, room_id, type, state_key, membership)
      VALUES ($1, $2, 'm.room.member', $3, $4)
      """, [.text(id), .text(room), .text(user), SQLValue(membership)])
    return id
  }

  func delta(_ position: Int64, in room: String, event: String? = nil) throws {
    try connection.execute(
      """
      INSERT INTO current_state_delta_stream (stream_id, room_id, type, state_key, event_id)
      VALUES ($1, $2, 'm.room.member', '@x:local', $3)
      """, [.integer(position), .text(room), SQLValue(event)])
  }

  func user(_ name: String?, type: String? = nil, isGuest: Bool = false, isGone: Bool = false) throws {
    try connection.execute(
      "INSERT INTO users (name, user_type, is_guest, deactivated, appservice_id) VALUES ($1, $2, $3, $4, $5)",
      [
        SQLValue(name), SQLValue(type), .integer(isGuest ? 1 : 0), .integer(isGone ? 1 : 0),
        SQLValue(type == "bot" ? "bridge" : nil),
      ])
  }

  @discardableResult
  func countRooms(
    _ options: StatisticsOptions = StatisticsOptions(serverName: "local"), from json: String = "{}",
    size: Int = 100
  ) throws -> UpdateLoop.Outcome {
    try UpdateLoop.run(RoomStatisticsUpdate(options), from: json, size: size, on: connection)
  }

  @discardableResult
  func countUsers(
    _ options: StatisticsOptions = StatisticsOptions(), from json: String = "{}", size: Int = 100
  ) throws -> UpdateLoop.Outcome {
    try UpdateLoop.run(UserStatisticsUpdate(options), from: json, size: size, on: connection)
  }

  /// One column of a room's description.
  func described(_ column: String, of room: String) throws -> SQLValue? {
    try connection.queryRow("SELECT \(column) FROM room_stats_state WHERE room_id = $1", [.text(room)])?[0]
  }

  /// One of a room's counts.
  func counted(_ column: String, in room: String) throws -> Int64? {
    try connection.queryRow("SELECT \(column) FROM room_stats_current WHERE room_id = $1", [.text(room)])?[0]
      .integer
  }

  /// A user's joined rooms and the position up to which they are counted.
  func joinedRooms(_ user: String) throws -> [Int64?]? {
    try connection.queryRow(
      "SELECT joined_rooms, completed_delta_stream_id FROM user_stats_current WHERE user_id = $1",
      [.text(user)]
    )?.values.map(\.integer)
  }
}
