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
}
