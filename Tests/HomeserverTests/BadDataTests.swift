import GradusSQL
import GradusTestSupport
import Testing

@testable import HomeserverSchema

/// Data that no update may stop at.
@Suite struct BadDataTests {
  @Test(arguments: TestDatabase.availableEngines)
  func unusableValues(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      // A create event of no use, and nothing else.
      try world.room("!a")
      try world.state(.create, in: "!a", content: #"{"type":7}"#)
      try world.member(World.bob, "join", in: "!a", .init(position: 300))
      try world.room("!b")
      try world.state(.create, in: "!b", content: #"{"type":{}}"#)
      try world.state(.name, in: "!b", content: #"{"name":"a\u0000b"}"#)
      try world.state(.encryption, in: "!b", content: #"{"algorithm":false}"#)
      try world.state(.tombstone, in: "!b", content: #"{"replacement_room":["!x"]}"#)
      try world.member(World.bob, "join", in: "!b", .init(position: 400))
      #expect(try world.update() == ["state value of the wrong type or with U+0000": 8])
      #expect(try world.snapshot("!a") == "'@bob:local' 'join' 1 - - 0 -")
      #expect(try world.joined("!a") == "300 100 - - 0 -")
      #expect(try world.snapshot("!b") == "'@bob:local' 'join' 1 - - 1 -")
      #expect(try world.joined("!b") == "400 301 - - 1 -")
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func unusableStrippedState(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      try world.room("!a")
      try world.member(
        World.bob, "knock", in: "!a",
        .init(
          unsigned: """
            {"invite_room_state":[],"knock_room_state":[
              {"type":"m.room.create","state_key":"","sender":"@r:r","content":{"type":5}},
              {"type":"m.room.name","state_key":"","sender":"@r:r","content":{"name":"old"}},
              {"type":"m.room.name","state_key":"","sender":"@r:r","content":{"name":"a\\u0000"}},
              {"type":"m.room.encryption","state_key":"","sender":"@r:r","content":{"algorithm":[]}},
              {"type":"m.room.tombstone","state_key":"","sender":"@r:r","content":{"replacement_room":{}}}]}
            """))
      // No array, which makes the event unreadable.
      try world.room("!b")
      try world.member(
        World.bob, "invite", in: "!b", by: World.remote, .init(unsigned: #"{"invite_room_state":"x"}"#))
      // A leave after an invite that cannot be read, and one after a rejected invite.
      try world.room("!c")
      try world.member(
        World.bob, "invite", in: "!c", by: World.remote, isCurrent: false, .init(json: "not json"))
      try world.member(World.bob, "leave", in: "!c", .init(isOutlier: true))
      try world.room("!d")
      try world.member(
        World.bob, "invite", in: "!d", by: World.remote, isCurrent: false, .init(isRejected: true))
      try world.member(World.bob, "leave", in: "!d", .init(isOutlier: true))
      #expect(
        try world.update() == [
          "state value of the wrong type or with U+0000": 3, "event unparsable": 2,
          "invite or knock missing or unreadable": 3,
        ])
      #expect(try world.snapshot("!a") == "'@bob:local' 'knock' 1 - - 1 -")
      #expect(try world.snapshot("!b") == "'@rem:remote' 'invite' 0 - - 0 -")
      #expect(try world.snapshot("!c") == "'@bob:local' 'leave' 0 - - 0 -")
      #expect(try world.snapshot("!d") == "'@bob:local' 'leave' 0 - - 0 -")
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func unreadableEvents(_ engine: Engine) async throws {
    let bad: [(room: String, storage: World.Storage)] = [
      ("!1", .init(json: "[]")), ("!2", .init(json: #"{"content":"text"}"#)),
      ("!3", .init(json: #"{"content":{},"unsigned":[]}"#)), ("!4", .init(metadata: "null")),
      ("!5", .init(json: "{")), ("!6", .init(json: "")), ("!7", .init(format: 3)),
      ("!8", .init(isRejected: true)),
    ]
    try await World.with(engine) { world in
      for (room, storage) in bad {
        try world.room(room)
        try world.state(.create, in: room, storage)
        try world.member(World.bob, "join", in: room)
        // The name alone is enough for a row.
        let named = room + "n"
        try world.room(named)
        try world.state(.create, in: named, storage)
        try world.state(.name, in: named, content: #"{"name":"n","x":"\u0000"}"#)
        try world.member(World.bob, "join", in: named)
      }
      let skipped = try world.update()
      #expect(skipped["event unparsable"] == 24)
      #expect(skipped["event of another format than its room"] == 4)
      #expect(skipped["no readable state event"] == 16)
      for (room, _) in bad {
        #expect(try world.snapshot(room) == nil)
        #expect(try world.joined(room) == nil)
        #expect(try world.snapshot(room + "n") == "'@bob:local' 'join' 1 - 'n' 0 -")
      }
      #expect(try world.queued() == 0)
    }
  }

  /// SQLite keeps bytes in a column of texts.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.sqlite), "needs SQLite"))
  func textsStoredAsBytes() async throws {
    try await World.with(.sqlite) { world in
      func room(_ id: String, _ change: String, _ value: SQLValue) throws {
        try world.room(id)
        try world.state(.create, in: id)
        let name = try world.state(.name, in: id, content: #"{"name":"n"}"#)
        try world.member(World.bob, "join", in: id)
        try world.connection.execute(
          "UPDATE event_json SET \(change) = $2 WHERE event_id = $1", [.text(name), value])
        // What may be redacted is read in another way.
        try world.connection.execute(
          "INSERT INTO redactions (event_id, redacts) VALUES ($1, $2)", [.text("$gone" + id), .text(name)])
        let topic = try world.event("m.room.topic", in: id, stateKey: "", content: #"{"topic":"t"}"#)
        try world.makeCurrent(topic, "m.room.topic", in: id)
        try world.connection.execute(
          "UPDATE event_json SET \(change) = $2 WHERE event_id = $1", [.text(topic), value])
      }
      let json = #"{"type":"m.room.name","content":{"name":"b\u00e4"}}"#
      try room("!json", "json", .blob(Array(json.utf8)))
      try room("!metadata", "internal_metadata", .blob(Array("{}".utf8)))
      try room("!noText", "json", .blob([0xFF, 0xFE]))
      try room("!noMetadata", "internal_metadata", .blob([0x80]))
      #expect(try world.update() == ["event unparsable": 4])
      #expect(try world.countRooms().skipped == ["event unparsable": 4])
      for (room, name) in [("!json", "'bä'"), ("!metadata", "'n'"), ("!noText", "-"), ("!noMetadata", "-")] {
        #expect(try world.snapshot(room) == "'@bob:local' 'join' 1 - \(name) 0 -", "\(room)")
      }
      #expect(try world.described("name", of: "!json") == "bä")
      #expect(try world.described("topic", of: "!metadata") == "t")
      #expect(try world.described("topic", of: "!noText") == .null)
      #expect(try world.queued() == 0)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func formatsOfRoomVersions(_ engine: Engine) async throws {
    let formats: [(String, Int64?)] = [("1", nil), ("2", 1), ("3", 2), ("4", 3), ("11", 3), ("12", 4)]
    try await World.with(engine) { world in
      for (version, format) in formats {
        let room = "!\(version)"
        try world.room(room, version: version)
        try world.state(.create, in: room, .init(format: format))
        try world.member(World.bob, "join", in: room, .init(format: format))
      }
      #expect(try world.update() == [:])
      for (version, _) in formats {
        #expect(try world.snapshot("!\(version)") == "'@bob:local' 'join' 1 - - 0 -")
      }
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func roomsWithoutVersion(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      // Missing in rooms, with two users in one batch: state cannot be read without a version.
      try world.state(.create, in: "!a")
      try world.member(World.bob, "join", in: "!a")
      try world.member(World.alice, "join", in: "!a")
      // There, without a version.
      try world.room("!b", version: nil)
      try world.state(.create, in: "!b")
      try world.member(World.bob, "join", in: "!b")
      try world.room("!c", version: nil)
      try world.member(World.bob, "join", in: "!c")
      #expect(
        try world.update() == ["room missing in rooms": 1, "event of a room without a version": 5])
      #expect(try world.snapshot("!a") == nil)
      #expect(try world.snapshot("!b") == nil)
      #expect(try world.snapshot("!c") == "'@bob:local' 'join' 0 - - 0 -")
      #expect(try world.queued() == 0)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func badMemberships(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      try world.room("!a")
      let create = try world.state(.create, in: "!a")
      let group = try world.group([(.create, create)], in: "!a")
      let empty = try world.group([], in: "!a")
      try world.member("@1:local", "leave", in: "!a")
      let second = try world.member("@2:local", "leave", in: "!a", forgotten: nil)
      try world.setGroup(group, of: second)
      let third = try world.member("@3:local", "leave", in: "!a")
      try world.setGroup(empty, of: third)
      try world.member("@4:local", "dance", in: "!a")
      try world.setMembership("@5:local", "join", in: "!a", event: "$nowhere")
      // Stored without its room_memberships row.
      let sixth = try world.event("m.room.member", in: "!a", by: "@6:local", stateKey: "@6:local")
      try world.setMembership("@6:local", "join", in: "!a", event: sixth)
      let seventh = try world.event("m.room.member", in: "!a", by: nil, stateKey: "@7:local")
      try world.setMembership("@7:local", "join", in: "!a", event: seventh)
      // Two users with one event: the position is unique.
      try world.setMembership("@8:local", "join", in: "!a", event: sixth)
      #expect(
        try world.update() == [
          "event without state group": 1, "forgotten is NULL": 1, "no readable state event": 1,
          "membership unknown": 1, "membership event missing": 1,
          "membership event without sender or position": 1,
        ])
      #expect(try world.snapshot("!a", "@1:local") == "'@1:local' 'leave' 0 - - 0 -")
      #expect(try world.snapshot("!a", "@2:local") == "'@2:local' 'leave' 1 - - 0 -")
      #expect(try world.snapshot("!a", "@6:local") == "'@6:local' 'join' 1 - - 0 -")
      for user in ["@3:local", "@4:local", "@5:local", "@7:local", "@8:local"] {
        #expect(try world.snapshot("!a", user) == nil)
      }
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func cycleOfStateGroups(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      try world.room("!a")
      let create = try world.state(.create, in: "!a")
      let first = try world.group([(.create, create)], in: "!a")
      let second = try world.group([], in: "!a", after: first)
      try world.edge(first, second)
      try world.setGroup(second, of: try world.member(World.bob, "leave", in: "!a"))
      #expect(try world.update() == [:])
      #expect(try world.snapshot("!a") == "'@bob:local' 'leave' 1 - - 0 -")
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func roomWithOutliersOnly(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      try world.room("!a")
      try world.state(.create, in: "!a", .init(isOutlier: true))
      try world.member(World.bob, "join", in: "!a", .init(isOutlier: true))
      #expect(try world.update() == ["no event to take the position from": 1])
      #expect(try world.snapshot("!a") == "'@bob:local' 'join' 1 - - 0 -")
      #expect(try world.joined("!a") == nil)
    }
  }
}
