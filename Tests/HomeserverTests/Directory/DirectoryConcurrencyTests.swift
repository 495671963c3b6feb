import GradusSQL
import GradusTestSupport
import GradusUpdates
import Testing

@testable import HomeserverSchema

/// The job beside live writers. On SQLite there is one writer at a time anyway.
@Suite(.enabled(if: TestDatabase.availableEngines.contains(.postgres), "needs PostgreSQL"))
struct DirectoryConcurrencyTests {
  private static let settings = Result<DirectorySettings, any Error>.success(
    DirectorySettings(serverName: "local"))

  /// Runs a body while a writer has written and not committed; the writer commits once somebody waits for it.
  private func beside(
    _ statements: [String], prepare: @escaping @Sendable (Connection) throws -> Void,
    _ body: @escaping @Sendable (Connection) throws -> Void
  ) async throws {
    try await TestDatabase.withDatabase(.postgres) { place in
      let batches = try await place.open()
      let writer = try await place.open()
      try await batches.run { connection in
        let directory = DirectoryWorld(try World(connection))
        try directory.user("@a:local")
        try directory.user("@b:local")
        try directory.profile("@a:local", "Old")
        try directory.room("!r", ["@a:local"])
        try prepare(connection)
      }
      try await writer.withOpenTransaction { connection in
        for statement in statements { try connection.execute(statement) }
      } _: {
        try await batches.run(body)
      }
    }
  }

  private static func list(_ connection: Connection) throws {
    _ = try UpdateLoop.run(DirectoryCreateTablesUpdate(settings: settings), size: 1, on: connection)
  }

  /// The rows of a room are taken for new; one that a server is just writing is no obstacle, and the rest is not lost.
  @Test(.timeLimit(.minutes(1)))
  func aRowThatIsJustWrittenStays() async throws {
    try await beside(
      ["INSERT INTO users_who_share_private_rooms VALUES ('@a:local', '@b:local', '!r')"],
      prepare: { connection in
        try connection.executeScript(
          """
          INSERT INTO room_memberships (event_id, user_id, sender, room_id, membership)
          VALUES ('$b', '@b:local', '@b:local', '!r', 'join');
          INSERT INTO current_state_events (event_id, room_id, type, state_key, membership)
          VALUES ('$b', '!r', 'm.room.member', '@b:local', 'join');
          """)
        try Self.list(connection)
        _ = try connection.transaction {
          try DirectoryRoomsUpdate(settings: Self.settings).runBatch(
            DirectoryProgress(json: "{}"), size: 1, on: $0)
        }
      }
    ) { connection in
      let update = DirectoryRoomsUpdate(settings: Self.settings)
      let outcome = try UpdateLoop.run(update, from: #"{"remaining": 1}"#, size: 10, on: connection)
      #expect(outcome.written == 1)
      #expect(try connection.query("SELECT 1 FROM users_who_share_private_rooms").count == 2)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func whoIsJustJoiningIsSeen() async throws {
    try await beside(
      [
        "SELECT 1 FROM rooms WHERE room_id = '!r' FOR SHARE",
        "INSERT INTO room_memberships (event_id, user_id, sender, room_id, membership) VALUES ('$b', '@b:local', '@b:local', '!r', 'join')",
        "INSERT INTO current_state_events (event_id, room_id, type, state_key, membership) VALUES ('$b', '!r', 'm.room.member', '@b:local', 'join')",
      ], prepare: Self.list
    ) { connection in
      _ = try UpdateLoop.run(DirectoryRoomsUpdate(settings: Self.settings), size: 10, on: connection)
      #expect(try connection.query("SELECT 1 FROM users_who_share_private_rooms").count == 2)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func aRoomThatIsJustMadeIsListed() async throws {
    try await beside(
      [
        "INSERT INTO current_state_events (event_id, room_id, type, state_key, membership) VALUES ('$n', '!new', 'm.room.member', '@b:local', 'join')",
        "INSERT INTO current_state_delta_stream (stream_id, room_id, type, state_key) VALUES (500, '!new', 'm.room.member', '@b:local')",
      ], prepare: { _ in }
    ) { connection in
      try Self.list(connection)
      #expect(
        try connection.query("SELECT room_id FROM _temp_populate_user_directory_rooms ORDER BY 1").map {
          try $0.text(0)
        } == ["!new", "!r"])
      #expect(
        try connection.queryRow("SELECT position FROM _temp_populate_user_directory_position")?[0] == 500)
    }
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      ("UPDATE profiles SET displayname = 'New' WHERE full_user_id = '@a:local'", "New"),
      ("UPDATE users SET deactivated = 1 WHERE name = '@a:local'", nil),
    ])
  func aChangeOfAUserIsSeen(_ statement: String, _ name: String?) async throws {
    try await beside([statement], prepare: Self.list) { connection in
      _ = try UpdateLoop.run(DirectoryUsersUpdate(settings: Self.settings), size: 10, on: connection)
      let row = try connection.queryRow("SELECT display_name FROM user_directory WHERE user_id = '@a:local'")
      #expect(row?[0].text == name)
    }
  }
}
