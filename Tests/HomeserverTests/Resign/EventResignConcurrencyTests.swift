import GradusSQL
import GradusTestSupport
import Testing

@testable import HomeserverSchema

/// Signing beside a live writer. On SQLite there is one writer at a time anyway.
@Suite(.enabled(if: TestDatabase.availableEngines.contains(.postgres), "needs PostgreSQL"))
struct EventResignConcurrencyTests {
  @Test(.timeLimit(.minutes(1)))
  func aLiveWriteIsWaitedForAndKept() async throws {
    try await TestDatabase.withDatabase(.postgres) { place in
      let batches = try await place.open()
      let writer = try await place.open()
      let censored = try SignedWorld.json(
        "m.room.member", #""content":{"membership":"join"}"#, signedBy: ["local": Keys.first])
      let event = try await batches.run { connection in
        let world = try SignedWorld(World(connection))
        return try world.event("m.room.member", #""content":{"membership":"join","displayname":"b"}"#)
      }
      let (written, continuation) = AsyncStream.makeStream(of: Void.self)
      async let writing: Void = writer.transaction { connection in
        try connection.execute(
          "UPDATE event_json SET json = $2 WHERE event_id = $1", [.text(event), .text(censored)])
        continuation.finish()
        try connection.waitUntilSomebodyWaits()
      }
      for await _ in written {}
      let json = try await batches.run { connection in
        let update = EventResignUpdate(
          identity: ServerIdentity(serverName: "local", signingKey: try Keys.second))
        #expect(try UpdateLoop.run(update, size: 10, on: connection).written == 1)
        return try connection.queryRow("SELECT json FROM event_json")?.text(0)
      }
      try await writing
      #expect(json?.contains("displayname") == false)
      #expect(json?.contains("ed25519:a_new") == true)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func aDeletedEventStaysDeleted() async throws {
    try await TestDatabase.withDatabase(.postgres) { place in
      let batches = try await place.open()
      let writer = try await place.open()
      try await batches.run { connection in
        let world = try SignedWorld(World(connection))
        for _ in 0..<3 { try world.event() }
      }
      let (deleted, continuation) = AsyncStream.makeStream(of: Void.self)
      async let deleting: Void = writer.transaction { connection in
        try connection.execute("DELETE FROM event_json WHERE event_id = '$101'")
        continuation.finish()
        try connection.waitUntilSomebodyWaits()
      }
      for await _ in deleted {}
      let written = try await batches.run { connection in
        let update = EventResignUpdate(
          identity: ServerIdentity(serverName: "local", signingKey: try Keys.second))
        return try UpdateLoop.run(update, size: 10, on: connection).written
      }
      try await deleting
      #expect(written == 2)
    }
  }
}
