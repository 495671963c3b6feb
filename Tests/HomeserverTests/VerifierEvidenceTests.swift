import GradusSQL
import GradusTestSupport
import Testing

@testable import HomeserverSchema

/// The verifier reads the base tables as the updates do: what is right for them is right for it.
struct VerifierEvidenceTests {
  /// Ids that Swift takes for equal and databases do not.
  static let composed = "\u{E9}"
  static let decomposed = "e\u{301}"

  @Test(arguments: TestDatabase.availableEngines)
  func idsAreToldApartByTheirCodePoints(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      for (letter, name) in [(Self.composed, "first"), (Self.decomposed, "second")] {
        let room = "!\(letter):local"
        try world.room(room)
        try world.state(.create, in: room)
        try world.state(.name, in: room, content: #"{"name":"\#(name)"}"#)
        for user in [Self.composed, Self.decomposed] { try world.member("@\(user):local", "join", in: room) }
      }
      let report = try world.connection.verify(.complete)
      #expect(report.missingCount == 6 && report.rowsRequired == 6, "\(report)")
      // What is right of the one room is wrong of the other.
      for letter in [Self.composed, Self.decomposed] {
        try world.connection.execute(
          """
          INSERT INTO sliding_sync_joined_rooms (room_id, event_stream_ordering, bump_stamp, room_name)
          SELECT $1, max(stream_ordering), min(stream_ordering), 'first' FROM events WHERE room_id = $1
          """, [.text("!\(letter):local")])
      }
      let wrong = try world.connection.verify(.existingRowsAreRight)
      #expect(wrong.differences.map(\.column) == ["room_name"], "\(wrong)")
      #expect(wrong.differences.first?.key.roomID.utf8.elementsEqual("!e\u{301}:local".utf8) == true)
    }
  }

  @Test(
    arguments: TestDatabase.availableEngines,
    [
      ("org.matrix.msc1767.10", 3), ("org.matrix.msc3757.10", 3), ("org.matrix.msc3757.11", 3),
      ("org.matrix.hydra.11", 4),
    ] as [(String, Int64)])
  func unstableRoomVersionsAreKnown(_ engine: Engine, _ version: (name: String, format: Int64)) async throws {
    try await World.with(engine) { world in
      let storage = World.Storage(format: version.format)
      try world.room("!r", version: version.name)
      try world.state(.create, in: "!r", storage)
      try world.state(.name, in: "!r", content: #"{"name":"n"}"#, storage)
      try world.member(World.bob, "join", in: "!r", storage)
      #expect(try world.update() == [:])
      let report = try world.connection.verify(.complete)
      #expect(report.isRight && report.rowsCompared == 2 && report.rowsRequired == 2, "\(report)")
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aWriterWithAnEmptyNameIsTheMaster(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      try world.room("!r")
      try world.state(.create, in: "!r")
      try world.member(World.bob, "join", in: "!r", World.Storage(instance: ""))
      #expect(try world.update() == [:])
      let report = try world.connection.verify(.complete)
      #expect(report.isRight && report.rowsCompared == 2, "\(report)")
    }
  }

  /// Invites tell of their room by themselves.
  @Test(arguments: TestDatabase.availableEngines)
  func roomsWithoutAVersionAreCompared(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      let state = #"[{"type":"m.room.create","state_key":"","sender":"@r:r","content":{}}]"#
      for (user, format) in [(World.bob, 1), (World.alice, 4)] as [(String, Int64)] {
        try world.member(
          user, "invite", in: "!a", by: World.remote,
          .init(isOutlier: true, format: format, unsigned: #"{"invite_room_state":\#(state)}"#))
      }
      try world.update()
      let report = try world.connection.verify(.complete)
      #expect(report.isRight && report.rowsCompared == 2, "\(report)")
      try Self.expectDifferences(world, "room_name = 'x'", [World.alice, World.bob])
      try world.connection.execute("DELETE FROM sliding_sync_membership_snapshots")
      #expect(try world.connection.verify(.complete).missingCount == 2)
      try world.connection.execute("UPDATE rooms SET room_version = '99'")
      #expect(try world.connection.verify(.complete).isRight)
    }
  }

  /// For who is in a room its current state is enough.
  @Test(arguments: TestDatabase.availableEngines)
  func membershipsOfWhichLittleIsStored(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      try world.room("!a")
      try world.state(.create, in: "!a")
      let join = try world.event("m.room.member", in: "!a", by: World.bob, stateKey: World.bob)
      try world.setMembership(World.bob, "join", in: "!a", event: join)
      let other = try world.member(World.alice, "join", in: "!a")
      try world.connection.execute("DELETE FROM event_json WHERE event_id = $1", [.text(other)])
      // A sender that `events` lacks, one that nothing has, and a membership of no known kind.
      let carol = try world.member("@carol:local", "join", in: "!a")
      try world.connection.execute("UPDATE events SET sender = NULL WHERE event_id = $1", [.text(carol)])
      let dave = try world.event("m.room.member", in: "!a", by: nil, stateKey: "@dave:local")
      try world.setMembership("@dave:local", "join", in: "!a", event: dave)
      let erin = try world.member("@erin:local", "join", in: "!a", isCurrent: false)
      try world.setMembership("@erin:local", "dance", in: "!a", event: erin)
      try world.update()
      let report = try world.connection.verify(.complete)
      #expect(report.isRight && report.rowsCompared == 4 && report.rowsRequired == 4, "\(report)")
      try Self.expectDifferences(world, "room_name = 'x'", [World.alice, World.bob, "@carol:local"])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func redactionsCountAsForTheUpdates(_ engine: Engine) async throws {
    let checked = #"{"recheck_redaction":true}"#
    try await World.with(engine) { world in
      try world.connection.execute("ALTER TABLE redactions ADD COLUMN recheck BOOLEAN NOT NULL DEFAULT TRUE")
      func room(_ id: String, _ redact: (String) throws -> Void) throws {
        try world.room(id)
        try world.state(.create, in: id)
        let name = try world.state(.name, in: id, content: #"{"name":"n"}"#)
        try redact(name)
        try world.member(World.bob, "join", in: id)
      }
      try room("!confirmed") {
        try world.connection.execute(
          "INSERT INTO redactions (event_id, redacts, recheck) VALUES ('$gone', $1, FALSE)", [.text($0)])
      }
      try room("!unknown") {
        try world.connection.execute(
          "INSERT INTO redactions (event_id, redacts, recheck) VALUES ('$gone too', $1, TRUE)", [.text($0)])
      }
      try room("!unreadable") { try world.redact($0, in: "!unreadable", by: World.remote, .init(json: "x")) }
      try room("!metadata") { try world.redact($0, in: "!metadata", by: World.remote, .init(metadata: "[]")) }
      try room("!domain") { try world.redact($0, in: "!domain", by: "@x:far", .init(metadata: checked)) }
      try room("!same") { try world.redact($0, in: "!same", by: "@x:remote", .init(metadata: checked)) }
      try room("!ban") { _ in
        let ban = try world.event("m.room.member", in: "!ban", by: "@admin:far", stateKey: World.remote)
        try world.connection.execute(
          "INSERT INTO room_ban_redactions (room_id, user_id, redacting_event_id) VALUES ('!ban', $1, $2)",
          [.text(World.remote), .text(ban)])
      }
      try world.update()
      let report = try world.connection.verify(.complete)
      #expect(report.isRight && report.rowsCompared == 14, "\(report)")
      for table in ["sliding_sync_joined_rooms", "sliding_sync_membership_snapshots"] {
        try world.connection.execute("UPDATE \(table) SET room_name = NULL WHERE room_name = 'n'")
      }
      let wrong = try world.connection.verify(.existingRowsAreRight)
      #expect(
        Set(wrong.differences.map(\.key.roomID)) == ["!unknown", "!unreadable", "!metadata", "!domain"],
        "\(wrong)")
      #expect(wrong.differenceCount == 8)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func whatOtherReadersOfJSONRefuse(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      try world.room("!a")
      try world.state(.create, in: "!a", content: #"{"type":"m.space","x":"\ud800"}"#)
      try world.state(.name, in: "!a", content: #"{"name":"n","x":1e999}"#)
      try world.state(.tombstone, in: "!a", content: #"{"replacement_room":"\ud800"}"#)
      // No reader is given these.
      try world.state(.encryption, in: "!a", content: #"{"algorithm":"x"}"#, .init(unsigned: "[]"))
      try world.member(World.bob, "join", in: "!a")
      try world.room("!b")
      try world.state(.create, in: "!b", content: #"{"type":"m.space"}"#, .init(metadata: "null"))
      try world.member(World.bob, "join", in: "!b")
      try world.update()
      #expect(try world.snapshot("!a") == "'@bob:local' 'join' 1 'm.space' 'n' 0 -")
      let report = try world.connection.verify(.complete)
      #expect(report.isRight && report.rowsCompared == 2 && report.rowsRequired == 2, "\(report)")
    }
  }

  /// Changes all snapshots, and expects that the column is found wrong of these users.
  private static func expectDifferences(_ world: World, _ change: String, _ users: [String]) throws {
    try world.connection.execute("UPDATE sliding_sync_membership_snapshots SET \(change)")
    let report = try world.connection.verify(.existingRowsAreRight)
    #expect(report.differences.map(\.key.userID) == users, "\(report)")
  }
}
