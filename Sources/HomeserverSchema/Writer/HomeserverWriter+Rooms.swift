package import GradusJSON
package import GradusSQL

extension HomeserverWriter {
  /// Makes a room as a local user does.
  ///
  /// - Parameters:
  ///   - connection: a connection with an open transaction.
  ///   - name: its name; nil for none.
  ///   - type: its type, such as `m.space`; anything but a string is nonsense that a remote server might send.
  ///   - isEncrypted: whether it is encrypted from the start.
  ///   - creator: a local user, who joins it.
  ///   - members: further members; who is to be in state `leave` or `ban` joins first.
  ///   - roomVersion: "1" or "10".
  /// - Returns: the room's id.
  /// - Throws: `SQLError`.
  @discardableResult
  package func createRoom(
    _ connection: Connection, name: String? = nil, type: JSONValue? = nil, isEncrypted: Bool = false,
    creator: String, members: [(user: String, membership: Membership)] = [], roomVersion: String = "10"
  ) throws -> String {
    try PositionAllocator.prepare(on: connection)
    let number = try PositionAllocator.next(.events, on: connection)
    let roomID = EventText.roomID(number: number, serverName: serverName)
    try addRoom(roomID, creator: creator, roomVersion: roomVersion, on: connection)
    let room = try open(roomID, on: connection)
    try persist([creation(of: room, creator: creator, type: type)], in: room, on: connection)
    try persist([.member(creator, .join)], in: room, on: connection)
    if isEncrypted { try setEncryption(connection, room: roomID, sender: creator) }
    if let name { try setName(connection, room: roomID, sender: creator, JSONValue(name)) }
    for (user, membership) in members where user != creator {
      if membership == .leave || membership == .ban {
        try setMembership(connection, room: roomID, user: user, .join)
      }
      try setMembership(connection, room: roomID, user: user, membership)
    }
    return roomID
  }

  func addRoom(_ roomID: String, creator: String, roomVersion: String, on connection: Connection) throws {
    try connection.execute(
      """
      INSERT INTO rooms (room_id, is_public, creator, room_version, has_auth_chain_index)
      VALUES ($1, $2, $3, $4, $5)
      ON CONFLICT (room_id) DO NOTHING
      """, [.text(roomID), false, .text(creator), .text(roomVersion), true])
  }

  func creation(of room: RoomHead, creator: String, type: JSONValue?) -> EventDraft {
    var content: JSONObject = ["creator": JSONValue(creator), "room_version": JSONValue(room.version)]
    content["type"] = type
    return .state("m.room.create", sender: creator, content)
  }

  /// Sends a message.
  ///
  /// - Parameters:
  ///   - type: the event type; not every type brings the room up in a list.
  ///   - rejectionReason: if not nil, the event is stored as rejected, as one of another server may be.
  /// - Returns: the event's id.
  /// - Throws: `HomeserverError`, `SQLError`.
  @discardableResult
  package func sendMessage(
    _ connection: Connection, room roomID: String, sender: String, text: String = "Hello",
    type: String = "m.room.message", rejectionReason: String? = nil
  ) throws -> String {
    let draft = EventDraft(
      type: type, sender: sender, content: ["msgtype": "m.text", "body": JSONValue(text)],
      rejectionReason: rejectionReason)
    return try send(draft, to: roomID, on: connection)
  }

  /// Sets the room's name.
  ///
  /// - Parameter name: what comes under `name`: nil for nothing at all, a string, or a bad value such as a number.
  /// - Returns: the event's id.
  /// - Throws: `HomeserverError`, `SQLError`.
  @discardableResult
  package func setName(
    _ connection: Connection, room: String, sender: String, _ name: JSONValue?
  ) throws -> String {
    let content: JSONObject = name.map { ["name": $0] } ?? [:]
    return try send(.state("m.room.name", sender: sender, content), to: room, on: connection)
  }

  /// Encrypts the room.
  ///
  /// - Parameter algorithm: what comes under `algorithm`; nil for nothing at all.
  /// - Returns: the event's id.
  /// - Throws: `HomeserverError`, `SQLError`.
  @discardableResult
  package func setEncryption(
    _ connection: Connection, room: String, sender: String, algorithm: JSONValue? = "m.megolm.v1.aes-sha2"
  ) throws -> String {
    let content: JSONObject = algorithm.map { ["algorithm": $0] } ?? [:]
    return try send(.state("m.room.encryption", sender: sender, content), to: room, on: connection)
  }

  /// Closes the room in favour of another one.
  ///
  /// - Parameter successor: what comes under `replacement_room`; nil for nothing at all.
  /// - Returns: the event's id.
  /// - Throws: `HomeserverError`, `SQLError`.
  @discardableResult
  package func setTombstone(
    _ connection: Connection, room: String, sender: String, successor: JSONValue?
  ) throws -> String {
    var content: JSONObject = ["body": "This room has been replaced"]
    content["replacement_room"] = successor
    return try send(.state("m.room.tombstone", sender: sender, content), to: room, on: connection)
  }

  /// Redacts an event of the same room. Derived rows keep what they have.
  ///
  /// - Returns: the redaction's id.
  /// - Throws: `HomeserverError`, `SQLError`.
  @discardableResult
  package func redact(
    _ connection: Connection, room: String, event: String, sender: String
  ) throws -> String {
    let draft = EventDraft(
      type: "m.room.redaction", sender: sender, content: ["reason": "Off topic"], redacts: event)
    return try send(draft, to: room, on: connection)
  }

  /// Stores one event of a room that the server is in.
  func send(_ draft: EventDraft, to roomID: String, on connection: Connection) throws -> String {
    let room = try open(roomID, on: connection)
    guard try isInRoom(roomID, on: connection) else {
      throw HomeserverError(.notInRoom, "the server is not in room \(roomID)")
    }
    return try persist([draft], in: room, on: connection)[0]
  }

  /// Whether the server has a user in the room.
  func isInRoom(_ roomID: String, on connection: Connection) throws -> Bool {
    try connection.queryRow(
      "SELECT 1 FROM current_state_events WHERE room_id = $1 LIMIT 1", [.text(roomID)]) != nil
  }
}
