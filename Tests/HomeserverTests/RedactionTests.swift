import GradusSQL
import GradusTestSupport
import Testing

@testable import HomeserverSchema

/// Which redactions count.
@Suite struct RedactionTests {
  @Test(arguments: TestDatabase.availableEngines)
  func onlyValidRedactionsCount(_ engine: Engine) async throws {
    let checked = #"{"recheck_redaction":true}"#
    try await World.with(engine) { world in
      func room(_ id: String, _ redact: (String) throws -> Void) throws {
        try world.room(id)
        try world.state(.create, in: id)
        let name = try world.state(.name, in: id, content: #"{"name":"n"}"#)
        try redact(name)
        try world.member(World.bob, "join", in: id)
      }
      try room("!valid") { try world.redact($0, in: "!valid", by: "@other:far") }
      try room("!sameDomain") {
        try world.redact($0, in: "!sameDomain", by: "@other:remote", .init(metadata: checked))
      }
      try room("!otherDomain") {
        try world.redact($0, in: "!otherDomain", by: "@other:far", .init(metadata: checked))
      }
      try room("!rejected") {
        try world.redact($0, in: "!rejected", by: World.remote, .init(isRejected: true))
      }
      try room("!otherRoom") { try world.redact($0, in: "!valid", by: World.remote) }
      try room("!unreadable") { try world.redact($0, in: "!unreadable", by: World.remote, .init(json: "x")) }
      try room("!missing") {
        try world.connection.execute(
          "INSERT INTO redactions (event_id, redacts) VALUES ('$gone', $1)", [.text($0)])
      }
      #expect(try world.update() == [:])
      for room in ["!valid", "!sameDomain"] {
        #expect(try world.snapshot(room) == "'@bob:local' 'join' 1 - - 0 -")
      }
      for room in ["!otherDomain", "!rejected", "!otherRoom", "!unreadable", "!missing"] {
        #expect(try world.snapshot(room) == "'@bob:local' 'join' 1 - 'n' 0 -", "\(room)")
      }
    }
  }

  /// Two of whom the database does not know the senders are not of one domain for that.
  @Test(arguments: TestDatabase.availableEngines)
  func unknownSendersAreOfNoDomain(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      try world.room("!a")
      try world.state(.create, in: "!a")
      let name = try world.state(.name, in: "!a", content: #"{"name":"n"}"#)
      try world.redact(
        name, in: "!a", by: World.remote, .init(metadata: #"{"recheck_redaction":true}"#))
      try world.connection.execute(
        "UPDATE events SET sender = NULL WHERE type IN ('m.room.name', 'm.room.redaction')")
      try world.member(World.bob, "join", in: "!a")
      #expect(try world.update() == [:])
      #expect(try world.snapshot("!a") == "'@bob:local' 'join' 1 - 'n' 0 -")
      #expect(try world.connection.verify(.complete).isRight)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func confirmedRedactionsNeedNoCheck(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      try world.connection.execute(
        "ALTER TABLE redactions ADD COLUMN recheck BOOLEAN NOT NULL DEFAULT TRUE")
      for (room, recheck) in [("!a", false), ("!b", true)] {
        try world.room(room)
        try world.state(.create, in: room)
        let name = try world.state(.name, in: room, content: #"{"name":"n"}"#)
        try world.connection.execute(
          "INSERT INTO redactions (event_id, redacts, recheck) VALUES ($1, $2, $3)",
          [.text("$gone" + room), .text(name), .boolean(recheck)])
        try world.member(World.bob, "join", in: room)
      }
      #expect(try world.update() == [:])
      #expect(try world.snapshot("!a") == "'@bob:local' 'join' 1 - - 0 -")
      #expect(try world.snapshot("!b") == "'@bob:local' 'join' 1 - 'n' 0 -")
    }
  }

  @Test(arguments: TestDatabase.availableEngines, [true, false])
  func bansRedactWhatTheUserSent(_ engine: Engine, hasTable: Bool) async throws {
    try await World.with(engine) { world in
      try world.room("!a")
      try world.state(.create, in: "!a")
      try world.state(.name, in: "!a", content: #"{"name":"before"}"#)
      let ban = try world.event("m.room.member", in: "!a", by: "@admin:far", stateKey: World.remote)
      try world.state(.tombstone, in: "!a", content: #"{"replacement_room":"!after"}"#)
      try world.member(World.bob, "join", in: "!a")
      try world.connection.execute(
        """
        INSERT INTO room_ban_redactions (room_id, user_id, redacting_event_id, redact_end_ordering)
        VALUES ('!a', $1, $2, (SELECT stream_ordering FROM events WHERE event_id = $2))
        """, [.text(World.remote), .text(ban)])
      if !hasTable { try world.connection.execute("DROP TABLE room_ban_redactions") }
      #expect(try world.update() == [:])
      let name = hasTable ? "-" : "'before'"
      #expect(try world.snapshot("!a") == "'@bob:local' 'join' 1 - \(name) 0 '!after'")
    }
  }

  /// A ban without an end redacts what came after it, too; one with an end not what stands there. Others' events stay, and
  /// so do those in other rooms.
  @Test(arguments: TestDatabase.availableEngines)
  func whatABanReaches(_ engine: Engine) async throws {
    let cases: [(room: String, sender: String, pastName: Int64?, name: String)] = [
      ("!open", World.remote, nil, "-"), ("!before", World.remote, 1, "-"), ("!at", World.remote, 0, "'n'"),
      ("!others", "@other:remote", nil, "'n'"),
    ]
    try await World.with(engine) { world in
      func name(_ room: String, by sender: String) throws -> String {
        try world.room(room)
        try world.state(.create, in: room)
        let event = try world.event(
          "m.room.name", in: room, by: sender, stateKey: "", content: #"{"name":"n"}"#)
        try world.makeCurrent(event, "m.room.name", in: room)
        try world.member(World.bob, "join", in: room)
        return event
      }
      for example in cases {
        let ban = try world.event("m.room.member", in: example.room, by: "@a:far", stateKey: World.remote)
        let event = try name(example.room, by: example.sender)
        try world.connection.execute(
          """
          INSERT INTO room_ban_redactions (room_id, user_id, redacting_event_id, redact_end_ordering)
          VALUES ($1, $2, $3, (SELECT stream_ordering + CAST($4 AS BIGINT) FROM events WHERE event_id = $5))
          """,
          [
            .text(example.room), .text(World.remote), .text(ban), SQLValue(example.pastName), .text(event),
          ])
      }
      _ = try name("!elsewhere", by: World.remote)
      #expect(try world.update() == [:])
      for example in cases {
        let snapshot = try world.snapshot(example.room)
        #expect(snapshot == "'@bob:local' 'join' 1 - \(example.name) 0 -", "\(example)")
      }
      #expect(try world.snapshot("!elsewhere") == "'@bob:local' 'join' 1 - 'n' 0 -")
    }
  }
}
