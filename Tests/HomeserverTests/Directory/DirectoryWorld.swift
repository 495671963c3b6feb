import GradusSQL
import GradusUpdates

@testable import HomeserverSchema

/// A server's rooms and users, as the directory looks at them.
struct DirectoryWorld {
  let world: World
  var settings = DirectorySettings(serverName: "local")
  var connection: Connection { world.connection }

  init(_ world: World) { self.world = world }

  static func with(_ engine: Engine, _ body: @Sendable (inout DirectoryWorld) throws -> Void) async throws {
    try await World.with(engine) { world in
      var directory = DirectoryWorld(world)
      try body(&directory)
    }
  }

  func user(_ id: String, type: String? = nil, deactivated: Int64 = 0) throws {
    try connection.execute(
      "INSERT INTO users (name, user_type, deactivated) VALUES ($1, $2, $3)",
      [.text(id), SQLValue(type), .integer(deactivated)])
  }

  func profile(_ id: String, _ name: String?, avatar: String? = nil) throws {
    let localpart = id.dropFirst().split(separator: ":")[0]
    try connection.execute(
      "INSERT INTO profiles (user_id, displayname, avatar_url, full_user_id) VALUES ($1, $2, $3, $4)",
      [.text(String(localpart)), SQLValue(name), SQLValue(avatar), .text(id)])
  }

  /// A member of a room, by default a joined one.
  func member(
    _ user: String, in room: String, _ name: String? = nil, avatar: String? = nil,
    _ membership: String = "join"
  ) throws {
    let event = try world.event(
      "m.room.member", in: room, by: user, stateKey: user, content: #"{"membership":"\#(membership)"}"#)
    try connection.execute(
      """
      INSERT INTO room_memberships (event_id, user_id, sender, room_id, membership, display_name, avatar_url)
      VALUES ($1, $2, $2, $3, $4, $5, $6)
      """,
      [.text(event), .text(user), .text(room), .text(membership), SQLValue(name), SQLValue(avatar)])
    try connection.execute(
      """
      INSERT INTO current_state_events (event_id, room_id, type, state_key, membership)
      VALUES ($1, $2, 'm.room.member', $3, $4)
      """, [.text(event), .text(room), .text(user), .text(membership)])
    try connection.execute(
      "INSERT INTO current_state_delta_stream (stream_id, room_id, type, state_key, event_id) "
        + "SELECT stream_ordering, room_id, type, state_key, event_id FROM events WHERE event_id = $1",
      [.text(event)])
  }

  /// A room with members by the number of further state events.
  func room(
    _ id: String, _ members: [String], joinRule: String? = nil, visibility: String? = nil, filler: Int = 0,
    version: String? = "1", storage: World.Storage = World.Storage()
  ) throws {
    try world.room(id, version: version)
    if let joinRule { try state("join_rules", in: id, #"{"join_rule":\#(joinRule)}"#, storage) }
    if let visibility {
      try state("history_visibility", in: id, #"{"history_visibility":\#(visibility)}"#, storage)
    }
    for number in 0..<filler {
      try state("topic", in: id, #"{"topic":"x"}"#, World.Storage(), key: "\(number)")
    }
    for member in members { try self.member(member, in: id) }
  }

  func state(
    _ type: String, in room: String, _ content: String, _ storage: World.Storage, key: String = ""
  ) throws {
    let event = try world.event("m.room.\(type)", in: room, stateKey: key, content: content, storage)
    try world.makeCurrent(event, "m.room.\(type)", stateKey: key, in: room)
  }

  /// Runs the whole job.
  @discardableResult
  func regenerate(size: Int = 100) throws -> [String: UpdateLoop.Outcome] {
    try DirectoryJob.run(settings, size: size, on: connection)
  }

  /// All rows of one kind, without the kind.
  func rows(_ kind: String) throws -> [String] {
    try DirectoryDump.lines(connection).filter { $0.hasPrefix("'\(kind)' ") }.map {
      String($0.dropFirst(kind.count + 3))
    }
  }
}

/// The job's updates one after the other, without a queue.
enum DirectoryJob {
  @discardableResult
  static func run(
    _ settings: DirectorySettings, size: Int, on connection: Connection
  ) throws -> [String: UpdateLoop.Outcome] {
    let settings: Result<DirectorySettings, any Error> = .success(settings)
    let create = DirectoryCreateTablesUpdate(settings: settings)
    let rooms = DirectoryRoomsUpdate(settings: settings)
    let users = DirectoryUsersUpdate(settings: settings)
    let cleanup = DirectoryCleanupUpdate()
    return [
      create.name: try UpdateLoop.run(create, size: size, on: connection),
      rooms.name: try UpdateLoop.run(rooms, size: size, on: connection),
      users.name: try UpdateLoop.run(users, size: size, on: connection),
      cleanup.name: try UpdateLoop.run(cleanup, size: size, on: connection),
    ]
  }
}
