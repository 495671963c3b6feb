import GradusSQL
import GradusTestSupport
import Testing

@testable import HomeserverSchema

/// Events and users whose ids Swift takes for equal and the databases do not: each is itself.
@Suite struct EquivalentEventIDTests {
  private static let rooms = [("!1", "$i\u{E9}:r", "first"), ("!2", "$ie\u{301}:r", "second")]

  /// What may be redacted is read in a way of its own.
  private func doubt(_ event: String, _ world: World) throws {
    try world.connection.execute(
      "INSERT INTO redactions (event_id, redacts) VALUES ($1, $2)", [.text("$gone" + event), .text(event)])
  }

  @Test(arguments: TestDatabase.availableEngines, [1, 10])
  func invites(engine: Engine, size: Int) async throws {
    try await World.with(engine) { world in
      for (room, id, name) in Self.rooms {
        let state =
          #"[{"type":"m.room.create","state_key":"","sender":"@r:r","content":{}},"#
          + #"{"type":"m.room.name","state_key":"","sender":"@r:r","content":{"name":"\#(name)"}}]"#
        try world.room(room)
        try world.member(
          World.bob, "invite", in: room, by: World.remote,
          .init(isOutlier: true, unsigned: #"{"invite_room_state":\#(state)}"#, id: id))
      }
      #expect(try world.update(size: size) == [:])
      for (room, _, name) in Self.rooms {
        #expect(try world.snapshot(room) == "'@rem:remote' 'invite' 1 - '\(name)' 0 -")
      }
    }
  }

  @Test(arguments: TestDatabase.availableEngines, [1, 10])
  func leaves(engine: Engine, size: Int) async throws {
    try await World.with(engine) { world in
      for (room, id, name) in Self.rooms {
        try world.room(room)
        let create = try world.state(.create, in: room)
        let named = try world.event(
          "m.room.name", in: room, stateKey: "", content: #"{"name":"\#(name)"}"#,
          .init(id: id.replacing("$i", with: "$n")))
        let group = try world.group([(.create, create), (.name, named)], in: room)
        try world.setGroup(group, of: try world.member(World.bob, "leave", in: room, .init(id: id)))
      }
      #expect(try world.update(size: size) == [:])
      for (room, _, name) in Self.rooms {
        #expect(try world.snapshot(room) == "'@bob:local' 'leave' 1 - '\(name)' 0 -")
      }
    }
  }

  @Test(arguments: TestDatabase.availableEngines, [1, 10])
  func redactionOfOneOfTwo(engine: Engine, size: Int) async throws {
    try await World.with(engine) { world in
      for (room, id, name) in Self.rooms {
        try world.room(room)
        try world.state(.create, in: room)
        try doubt(
          try world.state(.name, in: room, content: #"{"name":"\#(name)"}"#, .init(id: id)), world)
      }
      try world.redact(Self.rooms[1].1, in: "!2", by: World.remote)
      for (room, _, _) in Self.rooms { try world.member(World.bob, "join", in: room) }
      #expect(try world.update(size: size) == [:])
      #expect(try world.snapshot("!1") == "'@bob:local' 'join' 1 - 'first' 0 -")
      #expect(try world.snapshot("!2") == "'@bob:local' 'join' 1 - - 0 -")
      #expect(try world.joined("!1")?.contains("'first'") == true)
      #expect(try world.joined("!2")?.contains("'") == false)
    }
  }

  @Test(arguments: TestDatabase.availableEngines, [1, 10])
  func statisticsAndDirectory(engine: Engine, size: Int) async throws {
    try await DirectoryWorld.with(engine) { directory in
      let world = directory.world
      try directory.user(World.bob)
      for (room, id, name) in Self.rooms {
        try directory.room(room, [World.bob])
        let rule = name == "first" ? "public" : "invite"
        try directory.state("join_rules", in: room, #"{"join_rule":"\#(rule)"}"#, .init(id: id))
        try doubt(id, world)
      }
      try directory.regenerate(size: size)
      #expect(try directory.rows("public") == ["'@bob:local' '!1'"])
      #expect(try world.countRooms(size: size).skipped == [:])
      #expect(try world.described("join_rules", of: "!1") == "public")
      #expect(try world.described("join_rules", of: "!2") == "invite")
    }
  }

  /// Of two users in one room one is in `room_memberships`, where PostgreSQL locks what is there.
  @Test(arguments: TestDatabase.availableEngines, [1, 10])
  func users(engine: Engine, size: Int) async throws {
    try await World.with(engine) { world in
      let (stored, other) = ("@\u{E9}:local", "@e\u{301}:local")
      try world.room("!a")
      try world.member(stored, "invite", in: "!a")
      let invite = try world.event("m.room.member", in: "!a", by: World.remote, stateKey: other)
      try world.setMembership(other, "invite", in: "!a", event: invite)
      #expect(try world.update(size: size) == [:])
      #expect(try world.snapshot("!a", stored) == "'\(stored)' 'invite' 0 - - 0 -")
      #expect(try world.snapshot("!a", other) == "'@rem:remote' 'invite' 0 - - 0 -")
    }
  }

  @Test func idsAreComparedByTheirBytes() {
    let ids = ["$e\u{301}", "$\u{E9}", "$e", "$f", "$e\u{301}"].map { EventID($0) }
    #expect(Set(ids).count == 4)
    #expect(ids[0] == ids[4] && ids[0] != ids[1])
    let sorted = ids.sorted().map { Array($0.text.utf8) }
    let expected = ["$e", "$e\u{301}", "$e\u{301}", "$f", "$\u{E9}"].map { Array($0.utf8) }
    #expect(sorted == expected)
    let keys = [("!a", "b"), ("!ab", ""), ("!e\u{301}", "b"), ("!\u{E9}", "b"), ("!a", "a")].map {
      MembershipKey(roomID: $0, userID: $1)
    }
    #expect(Set(keys).count == 5)
    #expect(keys.sorted().map(\.userID) == ["a", "b", "", "b", "b"])
  }
}
