import GradusJSON
import GradusSQL

extension RoomEvidence {
  /// Loads some rooms, each query once for all of them.
  static func load(_ roomIDs: [String], on connection: Connection) throws -> [RoomEvidence] {
    var loader = Loader(roomIDs: roomIDs, connection: connection)
    try loader.loadRooms()
    try loader.loadPositions()
    try loader.loadStateChanges()
    try loader.loadRedactions()
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
    var redactions: [JSONText: RedactionEvidence] = [:]

    init(roomIDs: [String], connection: Connection) {
      self.connection = connection
      let isOne = connection.isOne(of: roomIDs, parameter: 1)
      ids = isOne.value
      isOfRooms = isOne.condition
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
        """
        SELECT e.room_id, e.stream_ordering, CASE WHEN \(bumps) THEN 1 ELSE 0 END
        \(source) AND NOT (\(accepted)) AND e.stream_ordering IS NOT NULL
        """
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
        guard let event = row[2].text else { return room.isPassedOver = true }
        room.currentState[try row.text(1)] = event
      }
      try forEach(
        """
        SELECT room_id, type, event_id, stream_id FROM current_state_delta_stream
        WHERE room_id \(isOfRooms) AND state_key = '' AND type IN \(Self.relevantTypes)
        ORDER BY stream_id
        """
      ) { room, row in
        if case .blob = row[2] { room.isPassedOver = true }
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

    mutating func loadRedactions() throws {
      redactions = try RedactionEvidence.load(
        rooms.mapValues(\.version), ids, isOfRooms, on: connection)
    }

    mutating func loadStateEvents() throws {
      try forEach(
        """
        SELECT e.room_id, e.event_id, e.type, j.json, j.internal_metadata, j.format_version
        FROM events e
        JOIN event_json j ON j.event_id = e.event_id
        LEFT JOIN rejections x ON x.event_id = e.event_id
        WHERE e.room_id \(isOfRooms) AND e.state_key = '' AND e.type IN \(Self.relevantTypes)
          AND x.event_id IS NULL
        """
      ) { room, row in
        guard let id = row[1].text.map({ JSONText($0) }) else { return }
        let type = try row.text(2)
        let stored = EventEvidence.Stored(
          type: type, json: row.storedText(3), metadata: row.storedText(4), format: row[5].integer)
        guard let event = EventEvidence(stored, roomVersion: room.version) else { return }
        room.stateEvents[id] = StateEvent(type: type, content: event.content, redaction: redactions[id])
      }
    }

    mutating func loadMemberships() throws {
      try forEach(
        "SELECT room_id, user_id, event_id FROM local_current_membership WHERE room_id \(isOfRooms)"
      ) { room, row in
        let (user, event) = (row[1].text, row[2].text)
        if user == nil || event == nil { room.usersPassedOver += 1 }
        if let user { room.memberships[JSONText(user)] = event ?? RoomEvidence.noEvent }
      }
      try forEach(
        """
        SELECT m.room_id, m.user_id, e.event_id, coalesce(e.sender, m.sender), m.membership, m.forgotten,
          e.stream_ordering, e.topological_ordering, e.outlier, coalesce(nullif(e.instance_name, ''), 'master'),
          j.json, j.internal_metadata, j.format_version
        FROM (\(memberships)) AS m
        JOIN events e ON e.event_id = m.event_id
        LEFT JOIN rejections x ON x.event_id = m.event_id
        LEFT JOIN event_json j
          ON j.event_id = m.event_id AND x.event_id IS NULL AND m.membership IN ('invite', 'knock')
        ORDER BY e.stream_ordering IS NOT NULL, e.stream_ordering
        """
      ) { room, row in
        guard let user = row[1].text, let id = row[2].text else { return }
        let membership = try row.text(4)
        let stored = EventEvidence.Stored(
          type: "m.room.member", json: row.storedText(10), metadata: row.storedText(11),
          format: row[12].integer)
        var strippedState: [JSONValue]?
        let key: JSONText = membership == "knock" ? "knock_room_state" : "invite_room_state"
        if case .array(let elements) = EventEvidence(stored, roomVersion: room.version)?.unsigned[key] {
          strippedState = elements
        }
        let event = MemberEvent(
          eventID: id, sender: row[3].text, membership: membership, forgotten: try row.integer(5),
          position: row[6].integer ?? .min, depth: try row.integer(7), isOutlier: try row.boolean(8),
          instance: try row.text(9), strippedState: strippedState, redaction: redactions[JSONText(id)])
        room.memberEvents[JSONText(user), default: []].append(event)
      }
    }

    /// The memberships that local users have and had, those of now also where `room_memberships` lacks them.
    private var memberships: String {
      """
      SELECT c.room_id, c.user_id, m.event_id, m.sender, coalesce(m.forgotten, 0) AS forgotten,
        CASE WHEN m.event_id = c.event_id THEN c.membership ELSE m.membership END AS membership
      FROM local_current_membership c
      JOIN room_memberships m ON m.room_id = c.room_id AND m.user_id = c.user_id
      WHERE c.room_id \(isOfRooms)
      UNION ALL
      SELECT c.room_id, c.user_id, c.event_id, NULL, 0, c.membership
      FROM local_current_membership c
      WHERE c.room_id \(isOfRooms) AND NOT EXISTS (
        SELECT 1 FROM room_memberships m
        WHERE m.event_id = c.event_id AND m.room_id = c.room_id AND m.user_id = c.user_id)
      """
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
        guard let event = row[1].text, let state = row[3].text else { return }
        room.statesAfter[JSONText(event), default: [:]][try row.text(2)] = state
      }
    }

    mutating func loadDerivedRows() throws {
      try forEach("SELECT * FROM sliding_sync_joined_rooms WHERE room_id \(isOfRooms)") { room, row in
        room.joinedRow = row
      }
      try forEach("SELECT * FROM sliding_sync_membership_snapshots WHERE room_id \(isOfRooms)") { room, row in
        guard let user = row["user_id"].text else { return room.usersPassedOver += 1 }
        room.snapshots[JSONText(user)] = row
      }
    }
  }
}
