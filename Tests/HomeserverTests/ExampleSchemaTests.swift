import GradusSQL
import GradusTestSupport
import Testing

/// The schema and delta files of the worked example.
@Suite struct ExampleSchemaTests {
  @Test(arguments: TestDatabase.availableEngines)
  func deltasQueueTheirUpdates(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      let rows = try await session.run { connection in
        try ExampleSchema.create(on: connection)
        return try connection.query(
          """
          SELECT ordering, update_name, progress_json, depends_on FROM background_updates
          ORDER BY ordering, update_name
          """)
      }
      #expect(
        rows.map(\.values) == [
          [8701, "sliding_sync_joined_rooms_bg_update", "{}", .text(Self.prefill)],
          [8701, "sliding_sync_membership_snapshots_bg_update", "{}", nil],
          [8701, .text(Self.prefill), "{}", nil],
          [8802, "sliding_sync_membership_snapshots_fix_forgotten_column_bg_update", "{}", nil],
        ])
    }
  }

  @Test(
    arguments: TestDatabase.availableEngines,
    ["current_state_events", "room_memberships", "local_current_membership"])
  func copiesOfPositionsAreChecked(_ engine: Engine, table: String) async throws {
    try await World.with(engine) { world in
      try world.room("!a")
      let other = try world.event("m.room.message", in: "!a")
      let event = try world.event("m.room.member", in: "!a", stateKey: World.bob)
      let columns: [(String, SQLValue)] =
        [
          "current_state_events": [("type", "m.room.member"), ("state_key", .text(World.bob))],
          "room_memberships": [("sender", "s"), ("user_id", "u"), ("membership", "join")],
          "local_current_membership": [("user_id", "u"), ("membership", "join")],
        ][table] ?? []
      let names = (["event_id", "room_id", "event_stream_ordering"] + columns.map(\.0)).joined(
        separator: ", ")
      let numbers = (1...columns.count + 3).map { "$\($0)" }.joined(separator: ", ")
      func insert(_ position: SQLValue) throws {
        try world.connection.execute(
          "INSERT INTO \(table) (\(names)) VALUES (\(numbers))",
          [.text(event), "!a", position] + columns.map(\.1))
      }
      let wrong = try world.connection.queryRow(
        "SELECT stream_ordering FROM events WHERE event_id = $1", [.text(other)])
      #expect {
        try insert(wrong?[0] ?? .null)
      } throws: { error in
        (error as? SQLError)?.code == .checkViolation
      }
      try insert(.null)
    }
  }

  private static let prefill = "sliding_sync_prefill_joined_rooms_to_recalculate_table_bg_update"
}
