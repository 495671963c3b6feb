import Gradus
import GradusSQL
import GradusTestSupport
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
      // Under way, it begins anew.
      try connection.execute(
        "UPDATE background_updates SET progress_json = '{\"last_room_id\":\"!z\"}' WHERE update_name LIKE '%rooms'"
      )
      let again = try regenerate(StatisticsRegeneration())
      #expect(again.restarted == again.queued && again.deletedRooms == 0)
      #expect(try Self.queue(connection) == chain)

      try world.countRooms(from: #"{"guest_access":true}"#)
      #expect(try world.described("guest_access", of: "!r") == "can_join")
      #expect(try world.counted("joined_members", in: "!left") == nil)
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
