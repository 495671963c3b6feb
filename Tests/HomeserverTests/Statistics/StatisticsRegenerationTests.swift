import Gradus
import GradusSQL
import GradusTestSupport
import GradusUpdates
import HomeserverFixtures
import Testing

@testable import HomeserverSchema

@Suite struct StatisticsRegenerationTests {
  private static func queue(_ connection: Connection) throws -> [[String?]] {
    try connection.query(
      "SELECT update_name, progress_json, depends_on FROM background_updates WHERE update_name LIKE 'populate%' ORDER BY 1"
    ).map { $0.values.map(\.text) }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func whatIsDeletedAndQueued(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      let connection = world.connection
      try BookkeepingTables.ensure(connection)
      try world.room("!r")
      try world.user("@a:local")
      try world.currentMember("@a:local", "join", in: "!r")
      try world.current("m.room.guest_access", in: "!r", content: #"{"guest_access":"can_join"}"#)
      try world.countRooms()
      try world.countUsers()
      try connection.execute("INSERT INTO room_stats_current VALUES ('!left', 1, 2, 3, 4, 5, 6, 7, 8)")
      func regenerate(_ regeneration: StatisticsRegeneration) throws -> StatisticsRegeneration.Outcome {
        try connection.transaction { try regeneration.queue(on: $0) }
      }

      let missing = try regenerate(StatisticsRegeneration(rooms: false, onlyMissing: true))
      #expect(missing.deletedUsers == 0 && missing.queued == ["populate_stats_process_users"])
      #expect(try world.joinedRooms("@a:local") != nil)
      #expect(
        try Self.queue(connection) == [["populate_stats_process_users", #"{"only_missing":true}"#, ""]])

      // Said of one that has left the queue since.
      try QueueControls(connection).pause("populate_stats_cleanup")
      let all = try regenerate(StatisticsRegeneration())
      #expect(all.deletedRooms == 2 && all.deletedUsers == 1)
      #expect(all.restarted == ["populate_stats_process_users"])
      let chain: [[String?]] = [
        ["populate_stats_cleanup", "{}", "populate_stats_process_users"],
        ["populate_stats_prepare", "{}", ""],
        ["populate_stats_process_rooms", #"{"guest_access":true}"#, "populate_stats_prepare"],
        ["populate_stats_process_users", "{}", "populate_stats_process_rooms"],
      ]
      #expect(try Self.queue(connection) == chain)
      #expect(try connection.query("SELECT 1 FROM gradus_update_controls").isEmpty)
      // Under way, it begins anew, and counts from nothing; what operators say of it stays.
      try connection.execute(
        """
        INSERT INTO gradus_updates (update_name, started_at, updated_at)
        SELECT update_name, 0, 0 FROM background_updates WHERE update_name LIKE 'populate%'
        """)
      try connection.execute(
        """
        INSERT INTO gradus_update_controls (update_name, priority, parked_at, parked_reason)
        VALUES ('populate_stats_process_rooms', 7, 0, 'of that time')
        """)
      try connection.execute(
        "UPDATE background_updates SET progress_json = '{\"last_room_id\":\"!z\"}' WHERE update_name LIKE '%rooms'"
      )
      let again = try regenerate(StatisticsRegeneration())
      #expect(again.restarted == again.queued && again.deletedRooms == 0)
      #expect(try Self.queue(connection) == chain)
      #expect(try connection.query("SELECT 1 FROM gradus_updates").isEmpty)
      let said = try connection.query("SELECT priority, parked_at FROM gradus_update_controls").map(\.values)
      #expect(said == [[.integer(7), .null]])

      try world.countRooms(from: #"{"guest_access":true}"#)
      #expect(try world.described("guest_access", of: "!r") == "can_join")
      #expect(try world.counted("joined_members", in: "!left") == nil)
    }
  }

  /// Ranges that workers have, or had, of an update under way are not passed over: it begins anew, for all.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func rangesAreCutAnew() async throws {
    let expected = try TableDump.statistics(fixture: "expected/stats")
    let handlers: [any UpdateHandler] = [
      CollectStatisticsUpdate.prepare(StatisticsOptions()), RoomStatisticsUpdate(), UserStatisticsUpdate(),
      CollectStatisticsUpdate.cleanup(StatisticsOptions()),
    ]
    try await SharedUpdates.with(handlers, without: TableDump.statistics.map(\.table), size: 20) { updates in
      try await updates.session.transaction { connection in
        try connection.execute(
          """
          INSERT INTO gradus_update_leases (update_name, part, lower_key, progress, upper_key, expires_at)
          SELECT update_name, 1, '{}', v.key, v.key, 0
          FROM background_updates, (SELECT '{"last_room_id":"~","last_user_id":"~"}') AS v (key)
          """)
        let outcome = try StatisticsRegeneration().queue(on: connection)
        #expect(outcome.restarted == outcome.queued)
      }
      #expect(try await updates.run() == Set(handlers.map(\.name)))
      let rows = try await updates.session.run { connection in
        try connection.execute("UPDATE room_stats_state SET guest_access = NULL")
        return try TableDump.statistics(connection)
      }
      expectEqual(rows, expected)
    }
  }

  /// What a batch under way has written is deleted, too: its range is waited for.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)), .timeLimit(.minutes(1)))
  func batchesUnderWayAreWaitedFor() async throws {
    try await TestDatabase.withDatabase(.postgres) { database in
      let (batch, operating) = (try await database.open(), try await database.open())
      try await batch.run { connection in
        _ = try World(connection)
        try BookkeepingTables.ensure(connection)
        try AdminJobRow("populate_stats_process_rooms").queue(on: connection)
        try connection.execute(
          """
          INSERT INTO gradus_update_leases (update_name, part, progress, upper_key, expires_at)
          VALUES ('populate_stats_process_rooms', 1, '{}', '{"last_room_id":"!z"}', 0)
          """)
      }
      let outcome = try await batch.withOpenTransaction { connection in
        try connection.execute("SELECT 1 FROM gradus_update_leases FOR UPDATE")
        try connection.execute("INSERT INTO room_stats_current VALUES ('!r', 1, 2, 3, 4, 5, 6, 7, 8)")
      } _: {
        try await operating.transaction { try StatisticsRegeneration().queue(on: $0) }
      }
      #expect(outcome.deletedRooms == 1)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func sheets(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      let connection = world.connection
      try world.room("!r")
      try world.user("@a:local")
      try world.currentMember("@a:local", "join", in: "!r")
      #expect(try StatisticsSheet(of: "!r", on: connection)?.values.isEmpty == true)
      #expect(try StatisticsSheet(of: "@a:local", on: connection)?.values.isEmpty == true)
      #expect(try StatisticsSheet(of: "!x", on: connection) == nil)
      #expect(try StatisticsSheet(of: "@x:local", on: connection) == nil)
      try world.countRooms()
      try world.countUsers()
      let sheet = try #require(try StatisticsSheet(of: "!r", on: connection))
      let texts = Dictionary(uniqueKeysWithValues: sheet.values.map { ($0.name, $0.text) })
      #expect(texts["joined_members"] == "1" && texts["is_federatable"] == "yes" && texts["name"] == "-")
    }
  }
}
