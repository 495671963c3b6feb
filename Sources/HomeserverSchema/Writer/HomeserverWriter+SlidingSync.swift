import GradusJSON
import GradusSQL

extension HomeserverWriter {
  /// What a batch changes in the sliding sync tables, found from the state before the batch.
  struct SlidingSyncPlan {
    /// The room's row; nil where the batch leaves its state columns alone.
    var joinedRoom: [String: SQLValue]?
    /// The greatest position of a bumping event before the batch, for a row that is new.
    var bumpStamp: Int64?
    var leavesRoom = false
    /// The local users whose membership a state reset has taken away.
    var lostUsers: [String] = []
    /// The memberships that change, and the room's columns that they all get.
    var snapshots: [PlacedEvent] = []
    var sharedColumns: [String: SQLValue] = [:]
  }

  /// Plans the changes of a batch; nothing of it is stored yet.
  ///
  /// Version 88 still writes whole joined rows where one is missing: a room whose state has had nothing usable so far
  /// has no row, and gets one with its first usable state.
  func plan(
    _ delta: StateDelta, _ events: [PlacedEvent], in roomID: String, on connection: Connection
  ) throws -> SlidingSyncPlan {
    var plan = SlidingSyncPlan(leavesRoom: delta.leavesRoom)
    plan.snapshots = events.filter { event in
      guard event.draft.arrival == .timeline, event.draft.rejectionReason == nil,
        let (user, _) = event.draft.membership
      else { return false }
      return isLocal(user)
    }
    plan.lostUsers = delta.removed.filter { $0.type == "m.room.member" && isLocal($0.key) }.map(\.key)
    guard !delta.inserted.isEmpty || !delta.removed.isEmpty else { return plan }

    var changed: StateIDs = [:]
    for (key, eventID) in delta.inserted {
      if let type = key.relevant { changed[type] = EventID(eventID) }
    }
    let lost = Set(delta.removed.compactMap(\.relevant))
    let current = try StateReader.current(of: roomID, on: connection).filter { !lost.contains($0.key) }
    // A live write counts nothing.
    var ignored = SkipCounter()
    if !plan.snapshots.isEmpty {
      let state = try contents(current.merging(changed) { $1 }, events, on: connection)
      // Without any state the rows keep what they have.
      if !state.isEmpty {
        plan.sharedColumns = RoomValues(state, skips: &ignored).known
        plan.sharedColumns["has_known_state"] = true
      }
    }
    guard !delta.leavesRoom else { return plan }
    if try !lockJoinedRoom(roomID, on: connection) {
      plan.bumpStamp = try RoomPositions.read(of: [roomID], on: connection)[roomID]?.bump
      changed = current.merging(changed) { $1 }
    }
    var values = RoomValues(try contents(changed, events, on: connection), skips: &ignored)
    lost.forEach { values.forget($0) }
    let columns = values.known
    if !columns.isEmpty { plan.joinedRoom = columns }
    return plan
  }

  /// Keeps a room's row, if it has one, until the transaction ends. A start of another process, and an older version's
  /// guard, may remove it without the room's lock: were it gone by the time it is written, what changes would become a new
  /// row that lacks all the rest.
  ///
  /// - Returns: whether it has one.
  private func lockJoinedRoom(_ roomID: String, on connection: Connection) throws -> Bool {
    let lock = connection.engine == .postgres ? " FOR NO KEY UPDATE" : ""
    return try connection.queryRow(
      "SELECT 1 FROM \(SlidingSyncTable.joinedRooms) WHERE room_id = $1\(lock)", [.text(roomID)]) != nil
  }

  /// What state events say, as far as readers are given them.
  ///
  /// - Parameter events: those that are not stored yet.
  func contents(
    _ ids: StateIDs, _ events: [PlacedEvent] = [], on connection: Connection
  ) throws -> [RelevantState: JSONObject] {
    let batch = Dictionary(uniqueKeysWithValues: events.map { (EventID($0.eventID), $0.draft.content) })
    var ignored = SkipCounter()
    let stored = try EventReader.read(
      Set(ids.values.filter { batch[$0] == nil }), on: connection, skips: &ignored)
    return ids.compactMapValues { batch[$0] ?? stored.events[$0]?.body.content }
  }

  /// Carries a plan out, after the batch is stored.
  func apply(
    _ plan: SlidingSyncPlan, _ events: [PlacedEvent], in roomID: String, on connection: Connection
  ) throws {
    for event in events where event.draft.arrival == .outOfBand && event.draft.rejectionReason == nil {
      try upsertOutOfBandSnapshot(event, in: roomID, on: connection)
    }
    if plan.leavesRoom {
      try connection.execute(
        "DELETE FROM \(SlidingSyncTable.joinedRooms) WHERE room_id = $1", [.text(roomID)])
    } else if let columns = plan.joinedRoom {
      try upsertJoinedRoom(columns, bumpStamp: plan.bumpStamp, in: roomID, on: connection)
    }
    for user in plan.lostUsers {
      try connection.execute(
        "DELETE FROM \(SlidingSyncTable.snapshots) WHERE room_id = $1 AND user_id = $2",
        [.text(roomID), .text(user)])
    }
    for event in plan.snapshots {
      try upsertSnapshot(event, plan.sharedColumns, overwritesInstance: false, in: roomID, on: connection)
    }
    try bump(events, in: roomID, on: connection)
  }

  private func upsertJoinedRoom(
    _ columns: [String: SQLValue], bumpStamp: Int64?, in roomID: String, on connection: Connection
  ) throws {
    let names = columns.keys.sorted()
    let places = names.indices.map { "$\($0 + 3)" }
    let updates = names.map { "\($0) = excluded.\($0)" }
    // The position counts every event of the room, outliers and rejected ones too; the bump below settles the rest.
    try connection.execute(
      """
      INSERT INTO \(SlidingSyncTable.joinedRooms)
        (room_id, event_stream_ordering, bump_stamp, \(names.joined(separator: ", ")))
      VALUES (
        $1, (SELECT max(stream_ordering) FROM events WHERE room_id = $1), $2, \(places.joined(separator: ", "))
      )
      ON CONFLICT (room_id) DO UPDATE SET \(updates.joined(separator: ", "))
      """, [.text(roomID), SQLValue(bumpStamp)] + names.map { columns[$0] ?? .null })
  }

  private func upsertOutOfBandSnapshot(
    _ event: PlacedEvent, in roomID: String, on connection: Connection
  ) throws {
    guard let (user, membership) = event.draft.membership, isLocal(user) else { return }
    // A leave tells nothing of the room, so the row keeps what the invite told.
    var columns: [String: SQLValue] = [:]
    if membership == "invite" || membership == "knock" {
      let state = StrippedState(
        event.draft.unsigned[membership == "knock" ? .knockRoomState : .inviteRoomState])
      var ignored = SkipCounter()
      columns = state.values(skips: &ignored).known
      columns["has_known_state"] = .boolean(state.isKnown)
    }
    try upsertSnapshot(event, columns, overwritesInstance: true, in: roomID, on: connection)
  }

  private func upsertSnapshot(
    _ event: PlacedEvent, _ columns: [String: SQLValue], overwritesInstance: Bool, in roomID: String,
    on connection: Connection
  ) throws {
    guard let (user, membership) = event.draft.membership else { return }
    let names = columns.keys.sorted()
    let places = names.indices.map { ", $\($0 + 8)" }
    var updated =
      ["sender", "membership_event_id", "membership", "forgotten", "event_stream_ordering"] + names
    if overwritesInstance { updated.append("event_instance_name") }
    try connection.execute(
      """
      INSERT INTO \(SlidingSyncTable.snapshots) (
        room_id, user_id, sender, membership_event_id, membership, event_stream_ordering, event_instance_name,
        forgotten\(names.map { ", " + $0 }.joined())
      )
      VALUES ($1, $2, $3, $4, $5, $6, $7, 0\(places.joined()))
      ON CONFLICT (room_id, user_id) DO UPDATE SET
        \(updated.map { "\($0) = excluded.\($0)" }.joined(separator: ", "))
      """,
      [
        .text(roomID), .text(user), .text(event.draft.sender), .text(event.eventID), .text(membership),
        .integer(event.position), .text(instanceName),
      ] + names.map { columns[$0] ?? .null })
  }

  /// Moves the room's row, if it has one, up to the batch's end.
  private func bump(_ events: [PlacedEvent], in roomID: String, on connection: Connection) throws {
    let accepted = events.filter { $0.draft.rejectionReason == nil }
    guard let last = accepted.last?.position, last >= 0 else { return }
    let bump = accepted.last { $0.bumps }?.position
    try connection.execute(
      """
      UPDATE \(SlidingSyncTable.joinedRooms)
      SET event_stream_ordering =
          CASE WHEN event_stream_ordering < $2 THEN $2 ELSE event_stream_ordering END,
        bump_stamp =
          CASE WHEN bump_stamp IS NULL OR bump_stamp < $3 THEN coalesce($3, bump_stamp) ELSE bump_stamp END
      WHERE room_id = $1
      """, [.text(roomID), .integer(last), SQLValue(bump)])
  }
}

extension RoomValues {
  /// Takes away what a state reset takes away. That of a tombstone does not reach the row.
  fileprivate mutating func forget(_ type: RelevantState) {
    switch type {
    case .create: roomType = .value(nil)
    case .name: roomName = .value(nil)
    case .encryption: isEncrypted = .value(false)
    case .tombstone: break
    }
  }
}
