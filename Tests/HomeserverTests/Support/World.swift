import GradusSQL
import GradusTestSupport

@testable import HomeserverSchema

/// A small homeserver database made by hand, of rooms of version 1 unless told otherwise.
final class World {
  static let bob = "@bob:local"
  static let alice = "@alice:local"
  static let remote = "@rem:remote"

  let connection: Connection
  private var nextPosition: Int64 = 100
  private var nextGroup: Int64 = 1

  init(_ connection: Connection) throws {
    self.connection = connection
    try ExampleSchema.create(on: connection)
  }

  /// - Parameter connection: to a database that has the schema.
  init(filling connection: Connection) { self.connection = connection }

  /// Runs a test in a world of its own.
  ///
  /// - Parameter encoding: that of SQLite's file, where it is to be another than UTF-8.
  static func with(
    _ engine: Engine, encoding: String? = nil, _ body: @Sendable (World) throws -> Void
  ) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { connection in
        if let encoding { try connection.execute("PRAGMA encoding = '\(encoding)'") }
        try body(World(connection))
      }
    }
  }

  func room(_ id: String, version: String? = "1") throws {
    try connection.execute(
      "INSERT INTO rooms (room_id, is_public, creator, room_version) VALUES ($1, $2, $3, $4)",
      [.text(id), false, .text(Self.bob), SQLValue(version)])
  }

  /// How an event is stored.
  struct Storage {
    var position: Int64?
    var depth: Int64?
    var isOutlier = false
    var isRejected = false
    var format: Int64? = 1
    var metadata = "{}"
    var instance: String?
    /// In place of the JSON made of the other parts.
    var json: String?
    var unsigned: String?
    /// In place of one made of the position.
    var id: String?
  }

  /// Stores an event; `content` is JSON.
  @discardableResult
  func event(
    _ type: String, in room: String, by sender: String? = World.remote, stateKey: String? = nil,
    content: String = "{}", _ storage: Storage = Storage()
  ) throws -> String {
    let position = storage.position ?? nextPosition
    nextPosition = max(nextPosition, position + 1)
    let id = storage.id ?? "$\(position)"
    let unsigned = storage.unsigned.map { #","unsigned":\#($0)"# } ?? ""
    let json = storage.json ?? #"{"type":"\#(type)","content":\#(content)\#(unsigned)}"#
    try connection.execute(
      """
      INSERT INTO events (stream_ordering, topological_ordering, event_id, type, room_id, processed, outlier, depth,
        sender, instance_name, state_key)
      VALUES ($1, $2, $3, $4, $5, TRUE, $6, 1, $7, $8, $9)
      """,
      [
        .integer(position), .integer(storage.depth ?? position), .text(id), .text(type), .text(room),
        .boolean(storage.isOutlier), SQLValue(sender), SQLValue(storage.instance), SQLValue(stateKey),
      ])
    try connection.execute(
      "INSERT INTO event_json (event_id, room_id, internal_metadata, json, format_version) VALUES ($1, $2, $3, $4, $5)",
      [.text(id), .text(room), .text(storage.metadata), .text(json), SQLValue(storage.format)])
    if storage.isRejected {
      try connection.execute(
        "INSERT INTO rejections (event_id, reason, last_check) VALUES ($1, 'auth_error', '')", [.text(id)])
    }
    return id
  }

  /// Stores a state event and makes it current.
  @discardableResult
  func state(
    _ type: RelevantState, in room: String, content: String = "{}", _ storage: Storage = Storage()
  ) throws -> String {
    let id = try event(type.rawValue, in: room, stateKey: "", content: content, storage)
    try makeCurrent(id, type.rawValue, in: room)
    return id
  }

  func makeCurrent(_ event: String, _ type: String, stateKey: String = "", in room: String) throws {
    try connection.execute(
      "INSERT INTO current_state_events (event_id, room_id, type, state_key) VALUES ($1, $2, $3, $4)",
      [.text(event), .text(room), .text(type), .text(stateKey)])
  }

  /// Stores a member event, and makes it the user's current membership unless it is an earlier one.
  @discardableResult
  func member(
    _ user: String, _ membership: String, in room: String, by sender: String? = nil, isCurrent: Bool = true,
    forgotten: Int64? = 0, _ storage: Storage = Storage()
  ) throws -> String {
    let sender = sender ?? user
    let id = try event(
      "m.room.member", in: room, by: sender, stateKey: user, content: #"{"membership":"\#(membership)"}"#,
      storage)
    try connection.execute(
      """
      INSERT INTO room_memberships (event_id, user_id, sender, room_id, membership, forgotten)
      VALUES ($1, $2, $3, $4, $5, $6)
      """,
      [.text(id), .text(user), .text(sender), .text(room), .text(membership), SQLValue(forgotten)])
    if isCurrent { try setMembership(user, membership, in: room, event: id) }
    return id
  }

  func setMembership(_ user: String, _ membership: String, in room: String, event: String) throws {
    try connection.execute(
      "DELETE FROM local_current_membership WHERE room_id = $1 AND user_id = $2", [.text(room), .text(user)])
    try connection.execute(
      """
      INSERT INTO local_current_membership (room_id, user_id, event_id, membership, event_stream_ordering)
      SELECT $1, $2, $3, $4, (SELECT stream_ordering FROM events WHERE event_id = $3)
      """, [.text(room), .text(user), .text(event), .text(membership)])
  }

  /// Makes a state group.
  func group(_ state: [(RelevantState, String)], in room: String, after previous: Int64? = nil) throws
    -> Int64
  {
    let group = nextGroup
    nextGroup += 1
    try connection.execute(
      "INSERT INTO state_groups (id, room_id, event_id) VALUES ($1, $2, '')", [.integer(group), .text(room)])
    for (type, event) in state {
      try connection.execute(
        """
        INSERT INTO state_groups_state (state_group, room_id, type, state_key, event_id)
        VALUES ($1, $2, $3, '', $4)
        """, [.integer(group), .text(room), .text(type.rawValue), .text(event)])
    }
    if let previous { try edge(group, previous) }
    return group
  }

  func edge(_ group: Int64, _ previous: Int64) throws {
    try connection.execute(
      "INSERT INTO state_group_edges (state_group, prev_state_group) VALUES ($1, $2)",
      [.integer(group), .integer(previous)])
  }

  func setGroup(_ group: Int64, of event: String) throws {
    try connection.execute(
      "INSERT INTO event_to_state_groups (event_id, state_group) VALUES ($1, $2)",
      [.text(event), .integer(group)])
  }

  /// Stores a redaction of an event.
  func redact(_ event: String, in room: String, by sender: String, _ storage: Storage = Storage()) throws {
    let redaction = try self.event("m.room.redaction", in: room, by: sender, storage)
    try connection.execute(
      "INSERT INTO redactions (event_id, redacts, received_ts) VALUES ($1, $2, 0)",
      [.text(redaction), .text(event)])
  }

  /// Runs the three updates.
  @discardableResult
  func update(size: Int = 100) throws -> [String: Int] {
    try UpdateLoop.runSlidingSync(size: size, on: connection).values.reduce(into: [:]) { total, outcome in
      total.merge(outcome.skipped) { $0 + $1 }
    }
  }

  /// A snapshot in words: sender, membership, 1 where the state is known, type, name, 1 where encrypted,
  /// successor.
  func snapshot(_ room: String, _ user: String = World.bob) throws -> String? {
    try connection.queryRow(
      """
      SELECT sender, membership, has_known_state, room_type, room_name, is_encrypted, tombstone_successor_room_id
      FROM sliding_sync_membership_snapshots WHERE room_id = $1 AND user_id = $2
      """, [.text(room), .text(user)]
    ).map(Self.words)
  }

  /// A joined room in words: position, bump stamp, type, name, 1 where encrypted, successor.
  func joined(_ room: String) throws -> String? {
    try connection.queryRow(
      """
      SELECT event_stream_ordering, bump_stamp, room_type, room_name, is_encrypted, tombstone_successor_room_id
      FROM sliding_sync_joined_rooms WHERE room_id = $1
      """, [.text(room)]
    ).map(Self.words)
  }

  /// How many rooms are queued.
  func queued() throws -> Int64? {
    try connection.queryRow("SELECT COUNT(*) FROM sliding_sync_joined_rooms_to_recalculate")?[0].integer
  }

  private static func words(_ row: Row) -> String {
    row.values.map { value in
      switch value {
      case .text(let text): "'\(text)'"
      case .integer(let integer): "\(integer)"
      case .boolean(let boolean): boolean ? "1" : "0"
      default: "-"
      }
    }.joined(separator: " ")
  }
}
