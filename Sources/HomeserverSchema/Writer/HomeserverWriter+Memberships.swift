package import GradusJSON
package import GradusSQL

extension HomeserverWriter {
  /// Changes a membership in a room that the server is in. When the last local user goes, so does the server.
  ///
  /// - Parameters:
  ///   - connection: a connection with an open transaction.
  ///   - room: the room.
  ///   - user: whose membership changes.
  ///   - membership: the new one. No rule of the protocol is checked: a banned user may join.
  ///   - sender: who does it; nil for the room's creator (invite, ban) or the user (all else).
  /// - Returns: the event's id.
  /// - Throws: `HomeserverError`, `SQLError`.
  @discardableResult
  package func setMembership(
    _ connection: Connection, room: String, user: String, _ membership: Membership, sender: String? = nil
  ) throws -> String {
    let head = try open(room, on: connection)
    guard try isInRoom(room, on: connection) else {
      throw HomeserverError(.notInRoom, "the server is not in room \(room)")
    }
    var draft = EventDraft.member(user, membership, sender: sender)
    if sender == nil, membership == .invite || membership == .ban { draft.sender = head.creator ?? user }
    if membership == .invite || membership == .knock {
      draft.unsigned[Self.strippedStateKey(membership)] = try strippedState(of: room, on: connection)
    }
    return try persist([draft], in: head, on: connection)[0]
  }

  /// Where an invite or knock tells of its room.
  private static func strippedStateKey(_ membership: Membership) -> JSONText {
    membership == .knock ? .knockRoomState : .inviteRoomState
  }

  /// What is shown of a room to someone outside.
  private func strippedState(of roomID: String, on connection: Connection) throws -> JSONValue {
    let contents = try contents(StateReader.current(of: roomID, on: connection), on: connection)
    let sender = JSONValue("@admin:\(serverName)")
    return .array(
      contents.sorted { $0.key.rawValue < $1.key.rawValue }.map { type, content in
        ["type": JSONValue(type.rawValue), "state_key": "", "sender": sender, "content": .object(content)]
      })
  }

  /// Stores a membership of a local user in a room that the server is not in: an invite or knock, or the end of one.
  ///
  /// - Parameters:
  ///   - connection: a connection with an open transaction.
  ///   - room: the room; it is added to `rooms` where it is unknown. Nil makes an id up, on the sender's domain.
  ///   - user: the local user.
  ///   - membership: invite, knock or leave.
  ///   - sender: who sent it; nil for the user.
  ///   - strippedState: what comes under `invite_room_state` or `knock_room_state`, of any shape; nil for nothing.
  ///   - roomVersion: "1" or "10".
  /// - Returns: the ids of the room and of the event.
  /// - Throws: `HomeserverError`, `SQLError`.
  @discardableResult
  package func setOutOfBandMembership(
    _ connection: Connection, room: String? = nil, user: String, _ membership: Membership,
    sender: String? = nil, strippedState: JSONValue? = nil, roomVersion: String = "10"
  ) throws -> (room: String, event: String) {
    precondition(
      [.invite, .knock, .leave].contains(membership), "only invite, knock and leave come out of band")
    let sender = sender ?? user
    let roomID: String
    if let room {
      roomID = room
    } else {
      try PositionAllocator.prepare(on: connection)
      let number = try PositionAllocator.next(.events, on: connection)
      roomID = EventText.roomID(number: number, serverName: UserIDText.split(sender).domain)
    }
    try addRoom(roomID, creator: "", roomVersion: roomVersion, on: connection)
    let head = try open(roomID, on: connection)
    guard try !isInRoom(roomID, on: connection) else {
      throw HomeserverError(.alreadyInRoom, "the server is in room \(roomID)")
    }
    var draft = EventDraft.member(user, membership, sender: sender)
    draft.arrival = .outOfBand
    if let strippedState, membership != .leave {
      draft.unsigned[Self.strippedStateKey(membership)] = strippedState
    }
    return (roomID, try persist([draft], in: head, on: connection)[0])
  }

  /// Joins a room that the server is not in: its whole state becomes current at once.
  ///
  /// A room in which the server has been before has the state that it had then; of any other one the state is made
  /// from the parameters.
  ///
  /// - Parameters:
  ///   - connection: a connection with an open transaction.
  ///   - room: the room, known by an invite or from before.
  ///   - user: the local user.
  ///   - creator: a user of another server, who is in the room.
  ///   - name: the room's name.
  ///   - type: the room's type.
  ///   - isEncrypted: whether it is encrypted.
  /// - Returns: the event's id.
  /// - Throws: `HomeserverError`, `SQLError`.
  @discardableResult
  package func joinRemoteRoom(
    _ connection: Connection, room: String, user: String, creator: String, name: String? = nil,
    type: JSONValue? = nil, isEncrypted: Bool = false
  ) throws -> String {
    let head = try open(room, on: connection)
    guard try !isInRoom(room, on: connection) else {
      throw HomeserverError(.alreadyInRoom, "the server is in room \(room)")
    }
    var state = try lastKnownState(of: room, on: connection)
    if state.isEmpty {
      var drafts = [creation(of: head, creator: creator, type: type), .member(creator, .join)]
      if isEncrypted {
        drafts.append(.state("m.room.encryption", sender: creator, ["algorithm": "m.megolm.v1.aes-sha2"]))
      }
      if let name { drafts.append(.state("m.room.name", sender: creator, ["name": JSONValue(name)])) }
      for index in drafts.indices { drafts[index].arrival = .remoteState }
      let ids = try persist(drafts, in: head, on: connection)
      for (draft, id) in zip(drafts, ids) {
        state[StateKey(type: draft.type, key: draft.stateKey ?? "")] = id
      }
    }
    state[StateKey(type: "m.room.member", key: user)] = nil
    return try persist([.member(user, .join)], in: head, remoteState: state, on: connection)[0]
  }

  private func lastKnownState(of roomID: String, on connection: Connection) throws -> [StateKey: String] {
    let row = try connection.queryRow(
      """
      SELECT g.state_group
      FROM events e
      JOIN event_to_state_groups g ON g.event_id = e.event_id
      WHERE e.room_id = $1 AND e.stream_ordering IS NOT NULL
      ORDER BY e.stream_ordering DESC
      LIMIT 1
      """, [.text(roomID)])
    guard let group = row?[0].integer else { return [:] }
    return try state(ofGroup: group, on: connection)
  }

  /// Takes a room that the user has left off the user's list, as `/forget` does.
  ///
  /// - Throws: `SQLError`.
  package func forget(_ connection: Connection, room: String, user: String) throws {
    precondition(connection.isInTransaction, "memberships are changed in a transaction")
    try announced(on: connection) {
      try connection.execute(
        "UPDATE room_memberships SET forgotten = 1 WHERE room_id = $1 AND user_id = $2",
        [.text(room), .text(user)])
    }
    guard keepsSlidingSync else { return }
    try connection.execute(
      "UPDATE \(SlidingSyncTable.snapshots) SET forgotten = 1 WHERE room_id = $1 AND user_id = $2",
      [.text(room), .text(user)])
  }
}
