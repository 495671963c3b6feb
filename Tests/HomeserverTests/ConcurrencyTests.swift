import GradusSQL
import GradusTestSupport
import Testing

@testable import HomeserverSchema

/// Batches beside live writers. On SQLite there is one writer at a time anyway.
@Suite(.enabled(if: TestDatabase.availableEngines.contains(.postgres), "needs PostgreSQL"))
struct ConcurrencyTests {
  @Test(.timeLimit(.minutes(1)))
  func batchWaitsForTheWriterAndSeesWhatItWrote() async throws {
    try await TestDatabase.withDatabase(.postgres) { database in
      let batches = try await database.open()
      let writer = try await database.open()
      try await batches.run { connection in
        let world = try World(connection)
        try world.room("!a")
        try world.state(.create, in: "!a")
        try world.state(.name, in: "!a", content: #"{"name":"old"}"#)
        try world.member(World.bob, "join", in: "!a")
        _ = try UpdateLoop.run(PrefillJoinedRoomsUpdate(), size: 10, on: connection)
      }
      try await rename("old", "new", by: writer) {
        try await batches.run { connection in
          _ = try UpdateLoop.run(JoinedRoomsUpdate(), size: 10, on: connection)
        }
      }
      try await rename("new", "newer", by: writer) {
        try await batches.run { connection in
          _ = try UpdateLoop.run(MembershipSnapshotsUpdate(), size: 10, on: connection)
        }
      }
      let row = try await batches.run { connection in
        try connection.queryRow(
          """
          SELECT j.room_name, s.room_name
          FROM sliding_sync_joined_rooms j JOIN sliding_sync_membership_snapshots s USING (room_id)
          """)
      }
      #expect(row?.values == ["new", "newer"])
    }
  }

  /// Renames the room as a live writer does, with the room's row locked, and commits once the batch waits for
  /// it.
  private func rename(
    _ old: String, _ new: String, by writer: Session, during batch: @Sendable () async throws -> Void
  ) async throws {
    try await writer.withOpenTransaction { connection in
      _ = try connection.query("SELECT 1 FROM rooms WHERE room_id = '!a' FOR SHARE")
      try connection.execute("UPDATE event_json SET json = replace(json, $1, $2)", [.text(old), .text(new)])
    } _: {
      try await batch()
    }
  }
}
