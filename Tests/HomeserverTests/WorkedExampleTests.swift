import GradusSQL
import GradusTestSupport
import Testing

@testable import HomeserverSchema

/// Situations whose rows were read off a real homeserver.
@Suite struct WorkedExampleTests {
  @Test(arguments: TestDatabase.availableEngines)
  func joinedSpaceWithRejectedTip(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      try world.room("!a")
      try world.state(.create, in: "!a", content: #"{"type":"m.space"}"#)
      try world.state(.name, in: "!a", content: #"{"name":"A"}"#)
      try world.member(World.bob, "join", in: "!a")
      try world.event("m.room.message", in: "!a", .init(position: 214))
      try world.event("m.room.message", in: "!a", .init(isRejected: true))
      try world.event("m.room.message", in: "!a", .init(isOutlier: true))
      #expect(try world.update() == [:])
      #expect(try world.snapshot("!a") == "'@bob:local' 'join' 1 'm.space' 'A' 0 -")
      #expect(try world.joined("!a") == "214 214 'm.space' 'A' 0 -")
      let instance = try world.connection.queryRow(
        "SELECT event_instance_name FROM sliding_sync_membership_snapshots")
      #expect(instance?[0] == "master")
      #expect(try world.queued() == 0)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func remoteInvite(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      try world.room("!b")
      try world.member(
        World.bob, "invite", in: "!b", by: World.remote,
        .init(
          isOutlier: true,
          unsigned: """
            {"invite_room_state":[
              {"type":"m.room.create","state_key":"","sender":"@rem:remote","content":{}},
              {"type":"m.room.name","state_key":"","sender":"@rem:remote","content":{"name":"Bn"}},
              {"type":"m.room.encryption","state_key":"","content":{"algorithm":"no sender"}},
              {"type":"m.room.tombstone","state_key":1,"sender":"@rem:remote","content":{"replacement_room":"!x"}},
              5, null, []]}
            """))
      #expect(try world.update() == [:])
      #expect(try world.snapshot("!b") == "'@rem:remote' 'invite' 1 - 'Bn' 0 -")
      #expect(try world.joined("!b") == nil)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func outlierLeaves(_ engine: Engine) async throws {
    let state = """
      {"invite_room_state":[
        {"type":"m.room.create","state_key":"","sender":"@rem:remote","content":{"type":null}},
        {"type":"m.room.encryption","state_key":"","sender":"@rem:remote","content":{"algorithm":""}}]}
      """
    try await World.with(engine) { world in
      try world.room("!c")
      let outlier = World.Storage(isOutlier: true)
      // Of two invites the deeper one counts.
      try world.member(
        World.bob, "invite", in: "!c", by: World.remote, isCurrent: false,
        .init(depth: 50, isOutlier: true, unsigned: state))
      try world.member(
        World.bob, "invite", in: "!c", by: World.remote, isCurrent: false, .init(depth: 49, isOutlier: true))
      try world.member(World.bob, "leave", in: "!c", outlier)
      try world.room("!d")
      try world.member(World.bob, "leave", in: "!d", by: World.remote, outlier)
      #expect(try world.update() == [:])
      #expect(try world.snapshot("!c") == "'@bob:local' 'leave' 1 - - 1 -")
      #expect(try world.snapshot("!d") == "'@rem:remote' 'leave' 0 - - 0 -")
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func roomOfUnknownVersion(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      try world.room("!e", version: "x.unheard-of")
      try world.state(.create, in: "!e")
      try world.member(World.bob, "join", in: "!e")
      #expect(try world.update() == ["room version unknown": 2])
      #expect(try world.snapshot("!e") == nil)
      #expect(try world.joined("!e") == nil)
      #expect(try world.queued() == 0)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func inviteToRoomThatIsMissing(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      for user in [World.bob, World.alice] {
        try world.member(
          user, "invite", in: "!f", by: World.remote,
          .init(isOutlier: true, unsigned: #"{"invite_room_state":[1,"x",{"type":"m.room.create"}]}"#))
      }
      #expect(try world.update() == ["room missing in rooms": 1])
      #expect(try world.snapshot("!f") == "'@rem:remote' 'invite' 0 - - 0 -")
      #expect(try world.snapshot("!f", World.alice) == "'@rem:remote' 'invite' 0 - - 0 -")
      let room = try world.connection.queryRow(
        "SELECT is_public, creator, room_version, has_auth_chain_index FROM rooms")
      #expect(room?.values.prefix(3) == [.null, .null, .null])
      #expect(room?[3].boolean == true)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func joinWithoutRelevantState(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      try world.room("!g")
      let join = try world.member(World.bob, "join", in: "!g")
      try world.makeCurrent(join, "m.room.member", stateKey: World.bob, in: "!g")
      #expect(try world.update() == [:])
      #expect(try world.snapshot("!g") == "'@bob:local' 'join' 0 - - 0 -")
      #expect(try world.joined("!g") == nil)
      #expect(try world.queued() == 0)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func redactions(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      try world.room("!h")
      let invite = try world.member(
        World.bob, "invite", in: "!h", by: World.remote,
        .init(
          unsigned: """
            {"age_ts":1,"invite_room_state":
              [{"type":"m.room.create","state_key":"","sender":"@rem:remote","content":{}}]}
            """))
      try world.redact(invite, in: "!h", by: World.remote)

      try world.room("!i")
      let create = try world.state(.create, in: "!i", content: #"{"type":"m.space"}"#)
      let name = try world.state(.name, in: "!i", content: #"{"name":"gone"}"#)
      let encryption = try world.state(.encryption, in: "!i", content: #"{"algorithm":"a"}"#)
      let tombstone = try world.state(.tombstone, in: "!i", content: #"{"replacement_room":"!new"}"#)
      for event in [create, name, encryption, tombstone] {
        try world.redact(event, in: "!i", by: World.remote)
      }
      try world.member(World.bob, "join", in: "!i", .init(position: 300))
      #expect(try world.update() == [:])
      #expect(try world.snapshot("!h") == "'@rem:remote' 'invite' 0 - - 0 -")
      #expect(try world.snapshot("!i") == "'@bob:local' 'join' 1 'm.space' - 0 -")
      #expect(try world.joined("!i") == "300 102 'm.space' - 0 -")
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func negativePositions(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      try world.room("!j")
      try world.state(.create, in: "!j", .init(position: -50))
      try world.member(World.bob, "join", in: "!j", .init(position: -49))
      #expect(try world.update() == [:])
      #expect(try world.joined("!j") == "-49 - - - 0 -")
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func leaveTakesTheStateAfterIt(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      try world.room("!k")
      let create = try world.state(.create, in: "!k")
      let old = try world.event("m.room.name", in: "!k", stateKey: "", content: #"{"name":"then"}"#)
      let older = try world.event("m.room.name", in: "!k", stateKey: "", content: #"{"name":"before"}"#)
      try world.state(.name, in: "!k", content: #"{"name":"now"}"#)
      let first = try world.group([(.create, create), (.name, older)], in: "!k")
      let second = try world.group([(.name, old)], in: "!k", after: first)
      let third = try world.group([], in: "!k", after: second)
      let leave = try world.member(World.bob, "leave", in: "!k")
      try world.setGroup(third, of: leave)
      let ban = try world.member(World.alice, "ban", in: "!k", by: World.remote)
      try world.setGroup(first, of: ban)
      #expect(try world.update() == [:])
      #expect(try world.snapshot("!k") == "'@bob:local' 'leave' 1 - 'then' 0 -")
      #expect(try world.snapshot("!k", World.alice) == "'@rem:remote' 'ban' 1 - 'before' 0 -")
    }
  }
}
