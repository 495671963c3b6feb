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
      #expect(try world.update() == [:])
      let report = try world.connection.verify(.complete)
      #expect(report.isRight && report.rowsCompared == 6 && report.rowsRequired == 6, "\(report)")
      try world.connection.execute(
        "UPDATE sliding_sync_joined_rooms SET room_name = 'first' WHERE room_id = $1",
        [.text("!\(Self.decomposed):local")])
      #expect(try world.connection.verify(.complete).differenceCount == 1)
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
