import GradusJSON
package import GradusSQL

extension HomeserverWriter {
  /// The updates that fill the sliding sync tables; a reader trusts a table as a whole once none is queued.
  static let populatingUpdates = [
    PrefillJoinedRoomsUpdate().name, JoinedRoomsUpdate().name, MembershipSnapshotsUpdate().name,
  ]

  /// A user's rooms: all but those forgotten, those that the user has left by himself and those of unknown versions.
  ///
  /// Version 86 reads events. Version 87 reads derived rows once their updates are done, and events where a row is
  /// missing. Version 88 reads derived rows; of a room that can have none, as none of its state can be used, its events.
  ///
  /// - Parameters:
  ///   - connection: a connection, best in a transaction, so that all of it is of one moment.
  ///   - user: a local user.
  /// - Returns: the rooms, those with the newest memberships first.
  /// - Throws: `HomeserverError` with code `derivedRowMissing` (version 88), `SQLError`.
  package func readRoomList(_ connection: Connection, user: String) throws -> [RoomListEntry] {
    let memberships = try ListedMembership.read(of: user, on: connection)
    let usesRows = try version == .v88 || (version == .v87 && !isPopulating(connection))
    let rows = usesRows ? try derivedEntries(of: user, on: connection) : [:]
    return try memberships.map { membership in
      if let entry = rows[JSONText(membership.roomID)] { return entry }
      let (entry, hasRows) = try membership.readEvents(on: connection)
      guard version != .v88 || !hasRows else {
        throw HomeserverError(
          .derivedRowMissing, "a sliding sync row is missing for \(user) in \(membership.roomID)")
      }
      return entry
    }
  }

  private func isPopulating(_ connection: Connection) throws -> Bool {
    let isPopulating = connection.isOne(of: Self.populatingUpdates, parameter: 1)
    return try connection.queryRow(
      "SELECT 1 FROM background_updates WHERE update_name \(isPopulating.condition) LIMIT 1",
      [isPopulating.value]) != nil
  }

  private func derivedEntries(of user: String, on connection: Connection) throws -> [JSONText: RoomListEntry]
  {
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
    var entries: [JSONText: RoomListEntry] = [:]
    for row in rows {
      guard let roomID = row[0].text else { continue }
      let entry = RoomListEntry(
        roomID: roomID, membership: try row.text(1), membershipPosition: try row.integer(2),
        roomType: row[3].text, roomName: row[4].text, isEncrypted: try row.boolean(5),
        tombstoneSuccessor: row[6].text, bumpStamp: row[7].integer, source: .derivedRows)
      entries[JSONText(entry.roomID)] = entry
    }
    return entries
  }
}
