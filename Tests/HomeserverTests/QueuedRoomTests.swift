import GradusSQL
import GradusTestSupport
import HomeserverSchema
import Testing

@testable import Gradus

/// No batch takes a room off the queue as done that has not seen what somebody else makes stale just now. On SQLite there
/// is one writer at a time anyway.
@Suite(
  .enabled(if: TestDatabase.availableEngines.contains(.postgres), "needs PostgreSQL"),
  .timeLimit(.minutes(5)))
struct QueuedRoomTests {
  private static let creator = "@a:example.org"

  /// A server of version 87 whose updates are done, with a room in the queue.
  private func withQueuedRoom(
    _ body: (_ server: ExampleServer, _ room: String, _ other: Session) async throws -> Void
  ) async throws {
    try await TestDatabase.withDatabase(.postgres) { place in
      let server = try await ExampleServer(place)
      try await server.start(86)
      try await server.start(87)
      try await server.update()
      let room = try await server.session.transaction { connection in
        let room = try HomeserverWriter(.v87).createRoom(connection, name: "Old", creator: Self.creator)
        try connection.execute(
          "INSERT INTO sliding_sync_joined_rooms_to_recalculate (room_id) VALUES ($1)", [.text(room)])
        try connection.execute(
          "INSERT INTO background_updates (update_name, progress_json) VALUES ($1, '{}')",
          [.text(JoinedRoomsUpdate().name)])
        return room
      }
      try await body(server, room, place.open())
    }
  }

  /// Updates, while another transaction has done something and commits once somebody waits for it.
  private func update(
    _ server: ExampleServer, beside other: Session, _ work: @escaping @Sendable (Connection) throws -> Void
  ) async throws {
    try await other.withOpenTransaction(work) { try await server.update() }
    try await server.update()
  }

  /// Another process starts. The room's newest event was rejected, so that its row looks stale; and a live writer's row is
  /// there while the room is queued, as a prefill leaves it.
  @Test func aStartRemovesTheRowOfAQueuedRoom() async throws {
    try await withQueuedRoom { server, room, other in
      try await server.session.transaction { connection in
        _ = try HomeserverWriter(.v87).sendMessage(
          connection, room: room, sender: Self.creator, rejectionReason: "auth_error")
      }
      let rule = server.schema.ledger.gradualMigrations[0].staleness[0]
      try await update(server, beside: other) { connection in
        try StalenessPurge(rule: rule, connection: connection).run()
        let rows = try connection.query("SELECT 1 FROM sliding_sync_joined_rooms")
        #expect(rows.isEmpty)
      }
      try await server.expectRight(.complete)
    }
  }

  /// An older version completes a partial join: its state changes without an event, and without the room's lock.
  @Test func stateChangesWithoutTheRoomsLock() async throws {
    try await withQueuedRoom { server, room, other in
      try await server.session.transaction { connection in
        try connection.execute("DELETE FROM sliding_sync_joined_rooms")
      }
      try await update(server, beside: other) { connection in
        try connection.execute(
          "DELETE FROM current_state_events WHERE room_id = $1 AND type = 'm.room.name'", [.text(room)])
      }
      let row = try await server.session.run { connection in
        try connection.queryRow(
          "SELECT room_name FROM sliding_sync_joined_rooms WHERE room_id = $1", [.text(room)])
      }
      #expect(row?[0] == .null)
    }
  }
}
