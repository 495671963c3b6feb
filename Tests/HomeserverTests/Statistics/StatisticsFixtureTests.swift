import GradusSQL
import GradusTestSupport
import GradusUpdates
import HomeserverFixtures
import Testing

@testable import HomeserverSchema

/// The statistics against the rows that a real homeserver computed.
@Suite(.enabled(if: Fixtures.areAvailable, "the fixtures are not there; set GRADUS_FIXTURES"))
struct StatisticsFixtureTests {
  @Test(arguments: TestDatabase.availableEngines, [1, 7, 1000])
  func allRows(_ engine: Engine, size: Int) async throws {
    let expected = try TableDump.statistics(fixture: "expected/stats")
    try await FixtureDatabase.with("homeserver-small.sqlite", on: engine) { connection in
      for (table, _) in TableDump.statistics { try connection.execute("DELETE FROM \(table)") }
      let rooms = try UpdateLoop.run(RoomStatisticsUpdate(), size: size, on: connection)
      #expect(rooms.scanned == 107)
      #expect(rooms.written == 107)
      let users = try UpdateLoop.run(UserStatisticsUpdate(), size: size, on: connection)
      #expect(users.scanned == 31)
      expectEqual(try TableDump.statistics(connection), expected)

      // Whatever the rows say, they are replaced; guest_access is nobody's business here.
      try connection.execute("UPDATE room_stats_current SET joined_members = 77, knocked_members = NULL")
      try connection.execute("UPDATE room_stats_state SET name = 'wrong', guest_access = 'can_join'")
      try connection.execute("UPDATE user_stats_current SET joined_rooms = -1")
      _ = try UpdateLoop.run(RoomStatisticsUpdate(), size: size, on: connection)
      _ = try UpdateLoop.run(UserStatisticsUpdate(), size: size, on: connection)
      #expect(
        try connection.execute(
          "UPDATE room_stats_state SET guest_access = NULL WHERE guest_access = 'can_join'")
          == 107)
      expectEqual(try TableDump.statistics(connection), expected)
    }
  }

  /// Workers that share the rooms and the users count each once, and the same.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)), arguments: [3, 40])
  func sharedByWorkers(size: Int) async throws {
    let expected = try TableDump.statistics(fixture: "expected/stats")
    let (rooms, users) = (RoomStatisticsUpdate(), UserStatisticsUpdate())
    let tables = TableDump.statistics.map(\.table)
    try await SharedUpdates.with([rooms, users], without: tables, size: size) { updates in
      #expect(try await updates.run() == [rooms.name, users.name])
      expectEqual(try await updates.session.run { try TableDump.statistics($0) }, expected)
      #expect(try await updates.counts(of: rooms.name) == [107, 107])
      #expect(try await updates.counts(of: users.name) == [31, 31])
    }
  }

  /// What the server counted as it went is what is computed after a deletion.
  @Test(arguments: TestDatabase.availableEngines)
  func guestAccess(_ engine: Engine) async throws {
    try await FixtureDatabase.with("homeserver-small.sqlite", on: engine) { connection in
      func values() throws -> [[SQLValue]] {
        try connection.query(
          """
          SELECT room_id, guest_access FROM room_stats_state s
          WHERE EXISTS (SELECT 1 FROM current_state_events c WHERE c.room_id = s.room_id) ORDER BY room_id
          """
        ).map(\.values)
      }
      let counted = try values()
      #expect(counted.filter { $0[1] == "can_join" }.count > 50)
      try connection.execute("DELETE FROM room_stats_state")
      _ = try UpdateLoop.run(
        RoomStatisticsUpdate(), from: StatisticsProgress.initial(guestAccess: true), size: 50, on: connection)
      #expect(try values() == counted)
    }
  }

  /// A batch costs as many statements for a thousand rooms as for one; of inserts on SQLite, as many different ones.
  @Test(arguments: TestDatabase.availableEngines)
  func statementsABatch(_ engine: Engine) async throws {
    try await FixtureDatabase.withDatabase("homeserver-small.sqlite", on: engine) { database in
      let counter = CountingDriver(database.driver)
      let session = try await Session.open(counter)
      try await session.transaction { connection in
        func statements<Handler: UpdateHandler>(
          of update: Handler, size: Int
        ) throws -> [String] where Handler.Progress == StatisticsProgress {
          counter.reset()
          _ = try update.runBatch(StatisticsProgress(json: "{}"), size: size, on: connection)
          return engine == .sqlite ? Array(Set(counter.statements)) : counter.statements
        }
        // At the beginning of a walk ids that are bytes are counted.
        let atBeginning = engine == .sqlite ? 1 : 0
        for size in [1, 100] {
          let rooms = try statements(of: RoomStatisticsUpdate(), size: size)
          #expect(rooms.count <= 15 + atBeginning, "\(rooms)")
          let users = try statements(of: UserStatisticsUpdate(), size: size)
          #expect(users.count <= 7, "\(users)")
        }
      }
    }
  }
}
