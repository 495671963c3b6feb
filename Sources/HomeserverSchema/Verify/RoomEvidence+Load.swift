import Foundation
import GradusSQL

extension RoomEvidence {
  /// Loads some rooms, each query once for all of them.
  static func load(_ roomIDs: [String], on connection: Connection) throws -> [RoomEvidence] {
    var loader = Loader(roomIDs: roomIDs, connection: connection)
    try loader.loadRooms()
    try loader.loadPositions()
    try loader.loadStateChanges()
    try loader.loadStateEvents()
    try loader.loadMemberships()
    try loader.loadStatesAfterLeaves()
    try loader.loadDerivedRows()
    return roomIDs.compactMap { loader.rooms[JSONText($0)] }
  }

  private struct Loader {
    let connection: Connection
    let ids: SQLValue
    /// The condition that a column is one of the rooms.
    let isOfRooms: String
    var rooms: [JSONText: RoomEvidence]

    init(roomIDs: [String], connection: Connection) {
      self.connection = connection
      ids = .textArray(roomIDs)
      isOfRooms = connection.isOne(ofTexts: 1)
      rooms = Dictionary(uniqueKeysWithValues: roomIDs.map { (JSONText($0), RoomEvidence(roomID: $0)) })
    }

    /// Runs a query whose first column is the room and whose `$1` are the rooms.
    private func forEach(_ sql: String, _ body: (RoomEvidence, Row) throws -> Void) throws {
      try connection.forEachRow(sql, [ids]) { row in
        if let room = rooms[JSONText(try row.text(0))] { try body(room, row) }
      }
    }

    private static let relevantTypes =
      "('m.room.create', 'm.room.name', 'm.room.encryption', 'm.room.tombstone')"

    mutating func loadRooms() throws {
      try forEach("SELECT room_id, room_version FROM rooms WHERE room_id \(isOfRooms)") { room, row in
        room.version = row[1].text
      }
      try forEach("SELECT DISTINCT room_id FROM current_state_events WHERE room_id \(isOfRooms)") { room, _ in
        room.isServerIn = true
      }
    }

    mutating func loadPositions() throws {
      let bumps =
        """
        e.type IN ('m.room.create', 'm.room.message', 'm.room.encrypted', 'm.sticker', 'm.call.invite',
          'm.poll.start', 'm.beacon_info')
        """
      let accepted = "NOT e.outlier AND x.event_id IS NULL"
      let source =
        "FROM events e LEFT JOIN rejections x ON x.event_id = e.event_id WHERE e.room_id \(isOfRooms)"
      try forEach(
        """
        SELECT e.room_id, max(e.stream_ordering), max(CASE WHEN \(bumps) THEN e.stream_ordering END)
        \(source) AND \(accepted)
        GROUP BY e.room_id
        """
      ) { room, row in
        room.position = row[1].integer
        room.bumpStamp = row[2].integer.flatMap { $0 > 0 ? $0 : nil }
      }
      try forEach(
        "SELECT e.room_id, e.stream_ordering, CASE WHEN \(bumps) THEN 1 ELSE 0 END \(source) AND NOT (\(accepted))"
      ) { room, row in
        room.otherPositions.append((try row.integer(1), try row.integer(2) == 1))
      }
    }

    mutating func loadStateChanges() throws {
      try forEach(
        """
        SELECT room_id, type, event_id FROM current_state_events
        WHERE room_id \(isOfRooms) AND state_key = '' AND type IN \(Self.relevantTypes)
        """
      ) { room, row in
        room.currentState[try row.text(1)] = try row.text(2)
      }
      try forEach(
        """
        SELECT room_id, type, event_id, stream_id FROM current_state_delta_stream
        WHERE room_id \(isOfRooms) AND state_key = '' AND type IN \(Self.relevantTypes)
        ORDER BY stream_id
        """
      ) { room, row in
        room.changes.append(
          StateChange(position: try row.integer(3), type: try row.text(1), eventID: row[2].text))
      }
      for room in rooms.values {
        // State that is older than the stream of changes has always been there.
        let known = Set(room.changes.compactMap { $0.eventID.map { JSONText($0) } })
        for (type, event) in room.currentState where !known.contains(JSONText(event)) {
          room.changes.insert(StateChange(position: .min, type: type, eventID: event), at: 0)
        }
      }
    }

    /// When a valid redaction of an event came.
    private static let redactedAt =
      """
      (SELECT min(r.stream_ordering)
        FROM redactions d
        JOIN events r ON r.event_id = d.event_id
        LEFT JOIN rejections rx ON rx.event_id = r.event_id
        WHERE d.redacts = e.event_id AND r.room_id = e.room_id AND rx.event_id IS NULL)
      """

    mutating func loadStateEvents() throws {
      try forEach(
        """
        SELECT e.room_id, e.event_id, e.type, j.json, j.format_version, \(Self.redactedAt)
        FROM events e
        JOIN event_json j ON j.event_id = e.event_id
        LEFT JOIN rejections x ON x.event_id = e.event_id
        WHERE e.room_id \(isOfRooms) AND e.state_key = '' AND e.type IN \(Self.relevantTypes)
          AND x.event_id IS NULL
        """
      ) { room, row in
        guard let version = room.version, EventFormat.of[version] == row[4].integer ?? 1,
          let event = Self.object(try row.text(3)), let content = event["content"] as? [String: Any]
        else { return }
        let type = try row.text(2)
        // Without its create event a room would have no version, so it is never redacted.
        let redactedAt = type == "m.room.create" ? nil : row[5].integer
        room.stateEvents[JSONText(try row.text(1))] = StateEvent(
          type: type, content: content, redactedAt: redactedAt)
      }
    }

    private static func object(_ json: String) -> [String: Any]? {
      (try? JSONSerialization.jsonObject(with: Data(json.utf8))) as? [String: Any]
    }

    mutating func loadMemberships() throws {
      try forEach(
        "SELECT room_id, user_id, event_id FROM local_current_membership WHERE room_id \(isOfRooms)"
      ) { room, row in
        room.memberships[JSONText(try row.text(1))] = try row.text(2)
      }
      try forEach(
        """
        SELECT e.room_id, m.user_id, e.event_id, e.sender, m.membership, coalesce(m.forgotten, 0),
          e.stream_ordering, e.topological_ordering, e.outlier, coalesce(nullif(e.instance_name, ''), 'master'),
          CASE WHEN m.membership IN ('invite', 'knock') THEN j.json END, \(Self.redactedAt)
        FROM local_current_membership c
        JOIN room_memberships m ON m.room_id = c.room_id AND m.user_id = c.user_id
        JOIN events e ON e.event_id = m.event_id
        JOIN event_json j ON j.event_id = e.event_id
        WHERE c.room_id \(isOfRooms)
        ORDER BY e.stream_ordering
        """
      ) { room, row in
        let membership = try row.text(4)
        let unsigned = row[10].text.flatMap(Self.object)?["unsigned"] as? [String: Any]
        let event = MemberEvent(
          eventID: try row.text(2), sender: row[3].text, membership: membership,
          forgotten: try row.integer(5), position: try row.integer(6), depth: try row.integer(7),
          isOutlier: try row.boolean(8), instance: try row.text(9),
          strippedState: unsigned?["\(membership)_room_state"] as? [Any], redactedAt: row[11].integer)
        room.memberEvents[JSONText(try row.text(1)), default: []].append(event)
      }
    }

    mutating func loadStatesAfterLeaves() throws {
      // UNION, not UNION ALL, so that a circle of groups in a damaged database ends.
      try forEach(
        """
        WITH RECURSIVE chain (room_id, event_id, state_group, depth) AS (
          SELECT c.room_id, m.event_id, g.state_group, 0
          FROM local_current_membership c
          JOIN room_memberships m ON m.room_id = c.room_id AND m.user_id = c.user_id
            AND m.membership IN ('leave', 'ban')
          JOIN event_to_state_groups g ON g.event_id = m.event_id
          WHERE c.room_id \(isOfRooms)
          UNION
          SELECT c.room_id, c.event_id, p.prev_state_group, c.depth + 1
          FROM chain c
          JOIN state_group_edges p ON p.state_group = c.state_group
          WHERE c.depth < 1000
        )
        SELECT c.room_id, c.event_id, s.type, s.event_id
        FROM chain c
        JOIN state_groups_state s ON s.state_group = c.state_group
        WHERE s.state_key = '' AND s.type IN \(Self.relevantTypes)
        ORDER BY c.depth DESC
        """
      ) { room, row in
        room.statesAfter[JSONText(try row.text(1)), default: [:]][try row.text(2)] = try row.text(3)
      }
    }

    mutating func loadDerivedRows() throws {
      try forEach("SELECT * FROM sliding_sync_joined_rooms WHERE room_id \(isOfRooms)") { room, row in
        room.joinedRow = row
      }
      try forEach("SELECT * FROM sliding_sync_membership_snapshots WHERE room_id \(isOfRooms)") { room, row in
        guard let user = row["user_id"].text else { return }
        room.snapshots[JSONText(user)] = row
      }
    }
  }
}
