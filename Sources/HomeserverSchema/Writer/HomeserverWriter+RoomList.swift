package import GradusSQL

extension HomeserverWriter {
  /// The updates that fill the sliding sync tables; a reader trusts a table as a whole once none is queued.
  static let populatingUpdates = [
    PrefillJoinedRoomsUpdate().name, JoinedRoomsUpdate().name, MembershipSnapshotsUpdate().name,
  ]

  /// A user's rooms: all but those forgotten and those that the user has left by himself.
  ///
  /// Version 86 reads events. Version 87 reads derived rows once their updates are done, and events where a row is
  /// missing. Version 88 reads derived rows; of a joined room without one, whose state can say nothing usable, its events.
  ///
  /// - Parameters:
  ///   - connection: a connection, best in a transaction, so that all of it is of one moment.
  ///   - user: a local user.
  /// - Returns: the rooms, those with the newest memberships first.
  /// - Throws: `HomeserverError` with code `derivedRowMissing` (version 88), `SQLError`.
  package func readRoomList(_ connection: Connection, user: String) throws -> [RoomListEntry] {
    let memberships = try listedMemberships(of: user, on: connection)
    let usesRows = try version == .v88 || (version == .v87 && !isPopulating(connection))
    guard usesRows else { return try memberships.map { try entryFromEvents($0, on: connection) } }
    let rows = try derivedEntries(of: user, on: connection)
    return try memberships.map { membership in
      if let entry = try rows[membership.roomID] ?? unusableStateEntry(membership, on: connection) {
        return entry
      }
      guard version == .v87 else {
        throw HomeserverError(
          .derivedRowMissing, "a sliding sync row is missing for \(user) in \(membership.roomID)")
      }
      return try entryFromEvents(membership, on: connection)
    }
  }

  private struct ListedMembership {
    var roomID: String
    var eventID: String
    var membership: String
    var position: Int64
    var isOutlier: Bool
  }

  private func listedMemberships(of user: String, on connection: Connection) throws -> [ListedMembership] {
    let rows = try connection.query(
      """
      SELECT c.room_id, c.event_id, c.membership, e.stream_ordering, e.outlier
      FROM local_current_membership c
      JOIN events e ON e.event_id = c.event_id
      LEFT JOIN room_memberships m ON m.event_id = c.event_id
      WHERE c.user_id = $1 AND coalesce(m.forgotten, 0) = 0
        AND NOT (c.membership = 'leave' AND e.sender = c.user_id)
      ORDER BY e.stream_ordering DESC
      """, [.text(user)])
    return try rows.map { row in
      ListedMembership(
        roomID: try row.text(0), eventID: try row.text(1), membership: try row.text(2),
        position: try row.integer(3), isOutlier: try row.boolean(4))
    }
  }

  private func isPopulating(_ connection: Connection) throws -> Bool {
    try connection.queryRow(
      "SELECT 1 FROM background_updates WHERE update_name \(connection.isOne(ofTexts: 1)) LIMIT 1",
      [.textArray(Self.populatingUpdates)]) != nil
  }

  private func derivedEntries(of user: String, on connection: Connection) throws -> [String: RoomListEntry] {
    let rows = try connection.query(
      """
      SELECT s.room_id, s.membership, s.event_stream_ordering,
        CASE WHEN s.membership = 'join' THEN j.room_type ELSE s.room_type END,
        CASE WHEN s.membership = 'join' THEN j.room_name ELSE s.room_name END,
        CASE WHEN s.membership = 'join' THEN j.is_encrypted ELSE s.is_encrypted END,
        CASE WHEN s.membership = 'join' THEN j.tombstone_successor_room_id
          ELSE s.tombstone_successor_room_id END,
        j.bump_stamp
      FROM \(SlidingSyncTable.snapshots) s
      LEFT JOIN \(SlidingSyncTable.joinedRooms) j ON j.room_id = s.room_id AND s.membership = 'join'
      WHERE s.user_id = $1 AND (s.membership <> 'join' OR j.room_id IS NOT NULL)
      """, [.text(user)])
    var entries: [String: RoomListEntry] = [:]
    for row in rows {
      let entry = RoomListEntry(
        roomID: try row.text(0), membership: try row.text(1), membershipPosition: try row.integer(2),
        roomType: row[3].text, roomName: row[4].text, isEncrypted: try row.boolean(5),
        tombstoneSuccessor: row[6].text, bumpStamp: row[7].integer, source: .derivedRows)
      entries[entry.roomID] = entry
    }
    return entries
  }

  /// A joined room without a single usable state event may have no row, at any version.
  private func unusableStateEntry(
    _ membership: ListedMembership, on connection: Connection
  ) throws -> RoomListEntry? {
    guard membership.membership == "join" else { return nil }
    let state = try RoomStateReader.currentState(of: membership.roomID, on: connection)
    let contents = try RoomStateReader.contents(state, on: connection)
    guard RoomColumns(state: contents).values.isEmpty else { return nil }
    var entry = entry(membership, [:])
    entry.bumpStamp = try greatestBump(in: membership.roomID, on: connection)
    return entry
  }

  private func entryFromEvents(
    _ membership: ListedMembership, on connection: Connection
  ) throws -> RoomListEntry {
    let columns =
      switch membership.membership {
      case "join":
        RoomColumns(
          state: try RoomStateReader.contents(
            try RoomStateReader.currentState(of: membership.roomID, on: connection), on: connection))
      case "leave" where !membership.isOutlier, "ban" where !membership.isOutlier:
        try columns(after: membership.eventID, on: connection)
      default: try strippedColumns(membership, on: connection)
      }
    var entry = entry(membership, columns.values)
    if membership.membership == "join" {
      entry.bumpStamp = try greatestBump(in: membership.roomID, on: connection)
    }
    return entry
  }

  private func columns(after eventID: String, on connection: Connection) throws -> RoomColumns {
    let row = try connection.queryRow(
      "SELECT state_group FROM event_to_state_groups WHERE event_id = $1", [.text(eventID)])
    guard let group = row?[0].integer else { return RoomColumns(state: [:]) }
    var ids: [String: String] = [:]
    for (key, id) in try state(ofGroup: group, on: connection) where key.isRelevant { ids[key.type] = id }
    return RoomColumns(state: try RoomStateReader.contents(ids, on: connection))
  }

  /// From what came with the invite or knock, or with the one that an out-of-band leave ended.
  private func strippedColumns(
    _ membership: ListedMembership, on connection: Connection
  ) throws -> RoomColumns {
    let row = try connection.queryRow(
      """
      SELECT m.event_id, m.membership
      FROM room_memberships m
      JOIN events e ON e.event_id = m.event_id
      WHERE m.membership IN ('invite', 'knock') AND m.room_id = $1
        AND m.user_id = (SELECT user_id FROM room_memberships WHERE event_id = $2)
        AND (m.event_id = $2 OR $3 IN ('leave', 'ban'))
      ORDER BY e.topological_ordering DESC, e.stream_ordering DESC
      LIMIT 1
      """, [.text(membership.roomID), .text(membership.eventID), .text(membership.membership)])
    guard let row, let event = try RoomStateReader.events([try row.text(0)], on: connection).first?.value
    else { return RoomColumns(strippedState: nil) }
    return RoomColumns(strippedState: event.unsigned["\(try row.text(1))_room_state"])
  }

  private func entry(
    _ membership: ListedMembership, _ columns: [String: SQLValue]
  ) -> RoomListEntry {
    RoomListEntry(
      roomID: membership.roomID, membership: membership.membership, membershipPosition: membership.position,
      roomType: columns["room_type"]?.text, roomName: columns["room_name"]?.text,
      isEncrypted: columns["is_encrypted"]?.boolean ?? false,
      tombstoneSuccessor: columns["tombstone_successor_room_id"]?.text, source: .events)
  }
}
