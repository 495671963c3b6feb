import GradusSQL

/// The events of one transaction, with all that the tables are to hold of them.
///
/// They go into a temporary table first, from which one statement a table makes the rows.
struct SampleBatch {
  private(set) var place: SamplePlace
  private var rooms = BatchTable(
    columns: [("room_id", .text), ("is_public", .boolean), ("creator", .text), ("room_version", .text)])
  private var events = BatchTable(columns: SampleEvent.columns)
  /// The rows of state groups that hold the whole state.
  private var wholeGroups = BatchTable(
    columns: [
      ("state_group", .integer), ("room_id", .text), ("type", .text), ("state_key", .text),
      ("event_id", .text),
    ])

  init(place: SamplePlace) { self.place = place }

  var eventCount: Int { events.rows.count }

  mutating func add(room: String, creator: String, version: String) {
    rooms.rows.append([.text(room), false, .text(creator), .text(version)])
  }

  mutating func add(_ event: SampleEvent) { events.rows.append(event.values) }

  mutating func add(wholeGroup group: Int64, of room: String, _ state: [StateKey: String]) {
    for (key, event) in state.sorted(by: { ($0.key.type, $0.key.key) < ($1.key.type, $1.key.key) }) {
      wholeGroups.rows.append([.integer(group), .text(room), .text(key.type), .text(key.key), .text(event)])
    }
  }

  mutating func nextPosition() -> Int64 {
    defer { place.position += 1 }
    return place.position
  }

  mutating func nextStateGroup() -> Int64 {
    defer { place.stateGroup += 1 }
    return place.stateGroup
  }

  func store(on connection: Connection) throws {
    try rooms.insert(into: "rooms", on: connection)
    let columns = SampleEvent.columns.map { "\($0.name) \($0.type.name)" }.joined(separator: ", ")
    // Behind a pooler the next transaction may be another server session's.
    let end = connection.engine == .postgres ? "ON COMMIT DROP" : ""
    try connection.execute("CREATE TEMPORARY TABLE IF NOT EXISTS sample_events (\(columns)) \(end)")
    try connection.execute("DELETE FROM sample_events")
    try events.insert(into: "sample_events", on: connection)
    for statement in Self.statements { try connection.execute(statement) }
    try wholeGroups.insert(into: "state_groups_state", on: connection)
  }

  private static let statements = [
    """
    INSERT INTO events (
      stream_ordering, topological_ordering, depth, event_id, type, room_id, processed, outlier,
      origin_server_ts, received_ts, sender, contains_url, instance_name, state_key, rejection_reason
    )
    SELECT position, depth, depth, event_id, type, room_id, TRUE, is_outlier,
      1700000000000 + position * 1000, 1700000000000 + position * 1000, sender, FALSE, instance_name, state_key,
      rejection_reason
    FROM sample_events
    """,
    """
    INSERT INTO event_json (event_id, room_id, internal_metadata, json, format_version)
    SELECT event_id, room_id, metadata, json, format FROM sample_events
    """,
    """
    INSERT INTO state_events (event_id, room_id, type, state_key)
    SELECT event_id, room_id, type, state_key FROM sample_events WHERE state_key IS NOT NULL
    """,
    """
    INSERT INTO rejections (event_id, reason, last_check)
    SELECT event_id, rejection_reason, '1700000000000' FROM sample_events WHERE rejection_reason IS NOT NULL
    """,
    """
    INSERT INTO redactions (event_id, redacts, received_ts)
    SELECT event_id, redacts, 1700000000000 + position * 1000 FROM sample_events WHERE redacts IS NOT NULL
    """,
    """
    INSERT INTO state_groups (id, room_id, event_id)
    SELECT state_group, room_id, event_id FROM sample_events WHERE opens_group
    """,
    """
    INSERT INTO state_group_edges (state_group, prev_state_group)
    SELECT state_group, previous_group FROM sample_events WHERE opens_group AND previous_group IS NOT NULL
    """,
    """
    INSERT INTO state_groups_state (state_group, room_id, type, state_key, event_id)
    SELECT state_group, room_id, type, state_key, event_id FROM sample_events
    WHERE opens_group AND previous_group IS NOT NULL
    """,
    """
    INSERT INTO event_to_state_groups (event_id, state_group)
    SELECT event_id, state_group FROM sample_events WHERE state_group IS NOT NULL
    """,
    """
    INSERT INTO room_memberships
      (event_id, user_id, sender, room_id, membership, forgotten, display_name, event_stream_ordering)
    SELECT event_id, state_key, sender, room_id, membership, forgotten, NULL, position
    FROM sample_events WHERE membership IS NOT NULL
    """,
    """
    INSERT INTO current_state_events (event_id, room_id, type, state_key, membership, event_stream_ordering)
    SELECT event_id, room_id, type, state_key, membership, position FROM sample_events WHERE is_current
    """,
    """
    INSERT INTO current_state_delta_stream
      (stream_id, room_id, type, state_key, event_id, prev_event_id, instance_name)
    SELECT position, room_id, type, state_key, event_id, replaces, instance_name
    FROM sample_events WHERE opens_group
    """,
    """
    INSERT INTO local_current_membership (room_id, user_id, event_id, membership, event_stream_ordering)
    SELECT room_id, state_key, event_id, membership, position FROM sample_events WHERE is_local_current
    """,
  ]
}

extension BatchTable.ColumnType {
  fileprivate var name: String {
    switch self {
    case .text: "TEXT"
    case .integer: "BIGINT"
    case .boolean: "BOOLEAN"
    }
  }
}
