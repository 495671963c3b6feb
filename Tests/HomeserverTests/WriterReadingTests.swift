import GradusSQL
import GradusTestSupport
import Testing

@testable import HomeserverSchema

/// The writer's versions read events as the updates do: a list says the same with and without derived rows.
struct WriterReadingTests {
  private static func with(_ engine: Engine, _ body: @Sendable (World) throws -> Void) async throws {
    try await World.with(engine) { world in
      try world.connection.execute("DELETE FROM background_updates")
      try body(world)
    }
  }

  /// Bob's rooms and their names, of one version; "-" for none.
  private static func list(_ version: HomeserverWriter.Version, _ world: World) throws -> [String: String] {
    let list = try HomeserverWriter(version, serverName: "local").readRoomList(
      world.connection, user: World.bob)
    return Dictionary(uniqueKeysWithValues: list.map { ($0.roomID, $0.roomName ?? "-") })
  }

  /// A room that Bob is in, with a create event and a name.
  private static func room(
    _ id: String, version: String? = "1", name: String = #"{"name":"n"}"#, _ storage: World.Storage = .init(),
    in world: World
  ) throws -> String {
    try world.room(id, version: version)
    try world.state(.create, in: id)
    let event = try world.state(.name, in: id, content: name, storage)
    try world.member(World.bob, "join", in: id)
    return event
  }

  @Test(arguments: TestDatabase.availableEngines)
  func redactionsAndUnreadableEvents(_ engine: Engine) async throws {
    let checked = #"{"recheck_redaction":true}"#
    try await Self.with(engine) { world in
      try world.connection.execute("ALTER TABLE redactions ADD COLUMN recheck BOOLEAN NOT NULL DEFAULT TRUE")
      let far = try Self.room("!otherDomain", in: world)
      try world.redact(far, in: "!otherDomain", by: "@x:far", .init(metadata: checked))
      try world.redact(try Self.room("!valid", in: world), in: "!valid", by: "@x:far")
      let unreadable = try Self.room("!unreadable", in: world)
      try world.redact(unreadable, in: "!unreadable", by: World.remote, .init(json: "x"))
      let confirmed = try Self.room("!confirmed", in: world)
      try world.connection.execute(
        "INSERT INTO redactions (event_id, redacts, recheck) VALUES ('$gone', $1, FALSE)", [.text(confirmed)])
      _ = try Self.room("!banned", in: world)
      let ban = try world.event("m.room.member", in: "!banned", by: "@admin:far", stateKey: World.remote)
      try world.connection.execute(
        "INSERT INTO room_ban_redactions (room_id, user_id, redacting_event_id) VALUES ('!banned', $1, $2)",
        [.text(World.remote), .text(ban)])
      _ = try Self.room("!rejected", .init(isRejected: true), in: world)
      _ = try Self.room("!surrogate", name: #"{"name":"n","x":"\ud800"}"#, in: world)
      _ = try Self.room("!huge", name: #"{"name":"n","x":1e999}"#, in: world)
      _ = try Self.room("!format", .init(format: 3), in: world)
      let expected = [
        "!otherDomain": "n", "!valid": "-", "!unreadable": "n", "!confirmed": "-", "!banned": "-",
        "!rejected": "-", "!surrogate": "n", "!huge": "n", "!format": "-",
      ]
      #expect(try Self.list(.v86, world) == expected)
      #expect(try Self.list(.v87, world) == expected)
      // What a live writer gives to the next member.
      for room in ["!otherDomain", "!surrogate"] {
        try world.connection.transaction { connection in
          _ = try HomeserverWriter(.v87, serverName: "local").setMembership(
            connection, room: room, user: World.alice, .join)
        }
        #expect(try world.snapshot(room, World.alice) == "'@alice:local' 'join' 1 - 'n' 0 -", "\(room)")
      }
      try world.update()
      #expect(try Self.list(.v88, world) == expected)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func roomsWithoutARowThatNeedNone(_ engine: Engine) async throws {
    try await Self.with(engine) { world in
      _ = try Self.room("!usual", in: world)
      _ = try Self.room("!unknown", version: "99", in: world)
      _ = try Self.room("!versionless", version: nil, in: world)
      _ = try Self.room("!rejected", .init(isRejected: true), in: world)
      try world.room("!kicked")
      let kick = try world.member(World.bob, "leave", in: "!kicked", by: World.remote)
      try world.setGroup(try world.group([], in: "!kicked"), of: kick)
      try world.room("!odd")
      try world.member(World.bob, "dance", in: "!odd")
      try world.update()
      let expected = ["!usual": "n", "!versionless": "-", "!rejected": "-", "!kicked": "-"]
      for version in HomeserverWriter.Version.allCases {
        #expect(try Self.list(version, world) == expected, "\(version)")
      }
      try world.connection.execute(
        "DELETE FROM sliding_sync_membership_snapshots WHERE room_id = '!rejected'")
      let error = #expect(throws: HomeserverError.self) { try Self.list(.v88, world) }
      #expect(error?.code == .derivedRowMissing)
      #expect(try Self.list(.v87, world) == expected)
    }
  }
}
