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
}
