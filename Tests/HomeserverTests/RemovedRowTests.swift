import GradusJSON
import GradusSQL
import GradusTestSupport
import HomeserverSchema
import Testing

/// A live writer beside transactions that remove or add what it writes, without the room's lock. On SQLite there is one
/// writer at a time anyway.
@Suite(
  .enabled(if: TestDatabase.availableEngines.contains(.postgres), "needs PostgreSQL"),
  .timeLimit(.minutes(5)))
struct RemovedRowTests {
  private static let creator = "@a:example.org"

  /// Does something in an encrypted room that has its row, on a server of version 87 whose updates are done; while another
  /// transaction has run a statement, with the room as its parameter, and commits once somebody waits for it.
  private func write(
    beside statement: String,
    _ body: @escaping @Sendable (_ connection: Connection, _ room: String) throws -> Void,
    check: (_ server: ExampleServer) async throws -> Void
  ) async throws {
    try await TestDatabase.withDatabase(.postgres) { place in
      let server = try await ExampleServer(place)
      try await server.start(86)
      try await server.start(87)
      try await server.update()
      let room = try await server.session.transaction { connection in
        try HomeserverWriter(.v87).createRoom(
          connection, name: "Old", isEncrypted: true, creator: Self.creator)
      }
      try await place.open().withOpenTransaction { connection in
        _ = try connection.execute(statement, [.text(room)])
      } _: {
        try await server.session.transaction { try body($0, room) }
      }
      try await check(server)
    }
  }

  /// Another process starts, or an older version's guard fires: the room's row goes while a writer changes a part of it.
  /// What he writes then is a new row, and has all that the old one had.
  @Test func aRowThatGoesIsWrittenWhole() async throws {
    try await write(beside: "DELETE FROM sliding_sync_joined_rooms WHERE room_id = $1") { connection, room in
      _ = try HomeserverWriter(.v87).setName(connection, room: room, sender: Self.creator, "New")
    } check: { server in
      let row = try await server.session.run { connection in
        try connection.queryRow("SELECT room_name, is_encrypted FROM sliding_sync_joined_rooms")
      }
      #expect(row?.values == ["New", true])
      try await server.expectRight(.complete)
    }
  }

  /// A batch queues the room while it is purged: the queue's foreign key is no obstacle.
  @Test func aRoomThatIsJustQueuedIsPurged() async throws {
    try await write(
      beside: "INSERT INTO sliding_sync_joined_rooms_to_recalculate (room_id) VALUES ($1)"
    ) { connection, room in
      try HomeserverWriter(.v87).purgeRoom(connection, room: room)
    } check: { server in
      let left = try await server.session.run { connection in
        try connection.query(
          "SELECT room_id FROM rooms UNION ALL SELECT room_id FROM sliding_sync_joined_rooms_to_recalculate")
      }
      #expect(left.isEmpty)
    }
  }
}
