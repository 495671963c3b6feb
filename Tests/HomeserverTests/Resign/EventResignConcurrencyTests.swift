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
      let json = try await writer.withOpenTransaction { connection in
        _ = try connection.execute(
          "UPDATE event_json SET json = $2 WHERE event_id = $1", [.text(event), .text(censored)])
      } _: {
        try await batches.run { connection in
          let update = EventResignUpdate(
            identity: ServerIdentity(serverName: "local", signingKey: try Keys.second))
          #expect(try UpdateLoop.run(update, size: 10, on: connection).written == 1)
          return try connection.queryRow("SELECT json FROM event_json")?.text(0)
        }
      }
      #expect(json?.contains("displayname") == false)
      #expect(json?.contains("ed25519:a_new") == true)
    }
  }

  /// Two that lock the same events in different orders would wait for each other.
  @Test(.timeLimit(.minutes(1)))
  func eventsAreLockedInTheOrderOfTheirIDs() async throws {
    try await TestDatabase.withDatabase(.postgres) { place in
      let batches = try await place.open()
      let writer = try await place.open()
      let ids = try await batches.run { connection in
        let world = try SignedWorld(World(connection))
        for _ in 0..<3 { try world.event() }
        return try connection.query(#"SELECT event_id FROM event_json ORDER BY event_id COLLATE "C""#)
          .map { try $0.text(0) }
      }
      let read = try await writer.withOpenTransaction { connection in
        _ = try connection.query("SELECT 1 FROM event_json WHERE event_id = $1 FOR UPDATE", [.text(ids[1])])
      } then: { connection in
        let free = try connection.query(
          "SELECT event_id FROM event_json WHERE event_id <> $1 FOR UPDATE SKIP LOCKED", [.text(ids[1])])
        #expect(try free.map { try $0.text(0) } == [ids[2]])
      } _: {
        try await batches.transaction { connection in
          try EventRow.read(ids.reversed(), locking: true, on: connection).count
        }
      }
      #expect(read == 3)
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
      let written = try await writer.withOpenTransaction { connection in
        _ = try connection.execute("DELETE FROM event_json WHERE event_id = '$101'")
      } _: {
        try await batches.run { connection in
          let update = EventResignUpdate(
            identity: ServerIdentity(serverName: "local", signingKey: try Keys.second))
          return try UpdateLoop.run(update, size: 10, on: connection).written
        }
      }
      #expect(written == 2)
    }
  }
}
