import Gradus
import GradusSQL
import GradusTestSupport
import GradusUpdates
import Testing

@testable import HomeserverSchema

/// What is stored between batches, and what is found there.
@Suite struct DirectoryProgressTests {
  static let rooms = DirectoryRoomsUpdate(settings: .success(DirectorySettings(serverName: "local")))
  static let create = DirectoryCreateTablesUpdate(settings: .success(DirectorySettings(serverName: "local")))

  /// Three rooms of 4, 3 and 2 state events, and three users.
  static func with(_ engine: Engine, _ body: @Sendable (DirectoryWorld) throws -> Void) async throws {
    try await DirectoryWorld.with(engine) { directory in
      for user in ["@a:local", "@b:local", "@c:local"] { try directory.user(user) }
      try directory.room("!four", ["@a:local", "@b:local", "@c:local", "@d:far"])
      try directory.room("!three", ["@a:local", "@b:local", "@d:far"], joinRule: nil)
      try directory.room("!two", ["@a:local", "@e:far"])
      try body(directory)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func progressIsTheHomeservers(_ engine: Engine) async throws {
    try await Self.with(engine) { directory in
      let outcomes = try directory.regenerate(size: 2)
      let position = try directory.rows("position")[0].dropFirst().dropLast()
      #expect(
        outcomes.mapValues(\.progress) == [
          "populate_user_directory_createtables": ["{}", #"{"position":\#(position)}"#],
          "populate_user_directory_process_rooms": [
            "{}", #"{"remaining":3}"#, #"{"remaining":2}"#, #"{"remaining":1}"#, #"{"remaining":0}"#,
          ],
          "populate_user_directory_process_users": ["{}", #"{"remaining":1}"#, #"{"remaining":0}"#],
          "populate_user_directory_cleanup": ["{}"],
        ])
    }
  }

  /// A batch ends with the first room that goes beyond its size.
  @Test(arguments: TestDatabase.availableEngines, [(1, 4), (3, 4), (4, 7), (6, 7), (7, 9), (100, 9)])
  func batchesAreCutByStateEvents(_ engine: Engine, _ sizes: (batch: Int, scanned: Int)) async throws {
    try await Self.with(engine) { directory in
      _ = try UpdateLoop.run(Self.create, size: 1, on: directory.connection)
      let result = try directory.connection.transaction { connection in
        try Self.rooms.runBatch(DirectoryProgress(remaining: 3), size: sizes.batch, on: connection)
      }
      #expect(result.scanned == sizes.scanned)
      #expect(
        try Self.rooms.estimateRemaining(DirectoryProgress(remaining: 0), on: directory.connection) == 9
          - sizes.scanned)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func anEmptyServer(_ engine: Engine) async throws {
    try await DirectoryWorld.with(engine) { directory in
      try directory.regenerate()
      #expect(try DirectoryDump.lines(directory.connection) == ["'position' '-1'"])
      #expect(
        try Self.rooms.estimateRemaining(DirectoryProgress(remaining: 0), on: directory.connection) == nil)
    }
  }

  /// The homeserver was killed after it had made the tables; some rooms may even be done.
  @Test(arguments: TestDatabase.availableEngines)
  func tablesOfABrokenRunAreMadeAnew(_ engine: Engine) async throws {
    try await Self.with(engine) { directory in
      try directory.regenerate()
      let expected = try DirectoryDump.lines(directory.connection)
      try directory.connection.executeScript(
        """
        CREATE TABLE _temp_populate_user_directory_rooms (room_id TEXT NOT NULL, events BIGINT NOT NULL);
        CREATE TABLE _temp_populate_user_directory_users (user_id TEXT NOT NULL);
        CREATE TABLE _temp_populate_user_directory_position (position TEXT NOT NULL);
        INSERT INTO _temp_populate_user_directory_position VALUES ('3');
        INSERT INTO _temp_populate_user_directory_rooms VALUES ('!gone', 7);
        """)
      try directory.regenerate()
      #expect(try DirectoryDump.lines(directory.connection) == expected)
      #expect(try DirectoryDump.stagingTables(directory.connection) == [])
    }
  }

  /// The homeserver did a room and then came back to an older version: it goes on here, and the other way round.
  @Test(arguments: TestDatabase.availableEngines)
  func goesOnFromTheHomeserver(_ engine: Engine) async throws {
    try await Self.with(engine) { directory in
      let connection = directory.connection
      try directory.regenerate()
      let expected = try DirectoryDump.lines(connection)
      _ = try UpdateLoop.run(Self.create, size: 1, on: connection)
      try connection.execute("DELETE FROM _temp_populate_user_directory_rooms WHERE room_id = '!four'")
      _ = try UpdateLoop.run(Self.rooms, from: #"{"remaining": 2}"#, size: 1, on: connection)
      // Nothing was erased, and what the homeserver had written stays.
      let users = DirectoryUsersUpdate(settings: .success(directory.settings))
      _ = try UpdateLoop.run(users, from: #"{"remaining": -1}"#, size: 10, on: connection)
      _ = try UpdateLoop.run(DirectoryCleanupUpdate(), size: 1, on: connection)
      #expect(try DirectoryDump.lines(connection) == expected)
    }
  }

  /// The homeserver's own staging table is a copy of `users`, one without a name among them; an older version listed all
  /// twice where it was killed and began again.
  @Test(arguments: TestDatabase.availableEngines, [1, 100])
  func usersOfTheHomeserversOwnTable(_ engine: Engine, size: Int) async throws {
    try await Self.with(engine) { directory in
      let connection = directory.connection
      try directory.regenerate()
      let expected = try DirectoryDump.lines(connection)
      _ = try UpdateLoop.run(Self.create, size: 1, on: connection)
      _ = try UpdateLoop.run(Self.rooms, size: 100, on: connection)
      try directory.world.user(nil)
      try connection.executeScript(
        """
        DROP TABLE _temp_populate_user_directory_users;
        CREATE TABLE _temp_populate_user_directory_users AS SELECT name AS user_id FROM users;
        INSERT INTO _temp_populate_user_directory_users SELECT name FROM users;
        """)
      let users = DirectoryUsersUpdate(settings: .success(directory.settings))
      #expect(try UpdateLoop.run(users, size: size, on: connection).scanned == 3)
      _ = try UpdateLoop.run(DirectoryCleanupUpdate(), size: 1, on: connection)
      #expect(try DirectoryDump.lines(connection) == expected)
    }
  }

  /// What lies in the position's table, and what the directory is kept from afterwards; before it was 5.
  static let positions: [(rows: [String]?, position: Int64)] = [
    (["17"], 17), (["20", "9"], 9), (["-1"], -1), (["100", "20"], 20), ([], 5), (nil, 5),
  ]

  @Test(arguments: TestDatabase.availableEngines, 0..<2 * positions.count)
  func cleanup(_ engine: Engine, _ number: Int) async throws {
    let (rows, position) = Self.positions[number / 2]
    let type = ["TEXT", "BIGINT"][number % 2]
    try await DirectoryWorld.with(engine) { directory in
      let connection = directory.connection
      try connection.execute("UPDATE user_directory_stream_pos SET stream_id = 5")
      if let rows {
        try connection.execute(
          "CREATE TABLE _temp_populate_user_directory_position (position \(type) NOT NULL)")
        for row in rows {
          try connection.execute("INSERT INTO _temp_populate_user_directory_position VALUES ('\(row)')")
        }
      }
      _ = try UpdateLoop.run(DirectoryCleanupUpdate(), size: 1, on: connection)
      #expect(try directory.rows("position") == ["'\(position)'"])
      #expect(try DirectoryCleanupUpdate().verify(on: connection).contains("\(position)"))
      #expect(try DirectoryDump.stagingTables(connection) == [])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func cleanupWithoutAnyPositionFails(_ engine: Engine) async throws {
    try await DirectoryWorld.with(engine) { directory in
      let connection = directory.connection
      for statement in [
        "UPDATE user_directory_stream_pos SET stream_id = NULL", "DELETE FROM user_directory_stream_pos",
      ] {
        try connection.execute(statement)
        #expect { try UpdateLoop.run(DirectoryCleanupUpdate(), size: 1, on: connection) } throws: { error in
          (error as? HomeserverError)?.code == .stagingTableMissing
        }
      }
      try connection.execute("CREATE TABLE _temp_populate_user_directory_position (position BIGINT NOT NULL)")
      try connection.execute("INSERT INTO _temp_populate_user_directory_position VALUES (8)")
      _ = try UpdateLoop.run(DirectoryCleanupUpdate(), size: 1, on: connection)
      #expect(try directory.rows("position") == ["'8'"])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func withoutTheServersNameNothingIsChanged(_ engine: Engine) async throws {
    try await Self.with(engine) { directory in
      try directory.regenerate()
      let before = try DirectoryDump.lines(directory.connection)
      let settings = Result<DirectorySettings, any Error> { try DirectorySettings(environment: [:]) }
      for handler in DirectoryUpdates.handlers(settings).dropLast() {
        #expect { try run(handler, on: directory.connection) } throws: { error in
          (error as? HomeserverError)?.code == .notConfigured
        }
      }
      #expect(try DirectoryDump.lines(directory.connection) == before)
    }
  }

  private func run(_ handler: some UpdateHandler, on connection: Connection) throws {
    _ = try UpdateLoop.run(handler, size: 1, on: connection)
  }

  @Test(arguments: TestDatabase.availableEngines)
  func withoutStagingTablesItSaysWhatToDo(_ engine: Engine) async throws {
    try await DirectoryWorld.with(engine) { directory in
      for handler in DirectoryUpdates.handlers(.success(directory.settings))[1...2] {
        #expect { try run(handler, on: directory.connection) } throws: { error in
          "\(error)".contains("regenerate_directory")
        }
      }
    }
  }

  /// While the update that failed is queued, the job is refused.
  @Test(arguments: TestDatabase.availableEngines)
  func whatItSaysLetsTheJobBeStartedAgain(_ engine: Engine) async throws {
    try await DirectoryWorld.with(engine) { directory in
      let connection = directory.connection
      try BookkeepingTables.ensure(connection)
      let rows = HomeserverJobs.regenerateDirectory.rows([:])
      for row in rows { try row.queue(on: connection) }
      let error = try #require(throws: HomeserverError.self) {
        try DirectoryStaging.require(DirectoryStaging.rooms, on: connection)
      }
      let advice = try #require("\(error)".firstMatch(of: #/\((DELETE .*)\)/#))
      try connection.execute(String(advice.1))
      for row in rows { try row.queue(on: connection) }
      let names = try connection.query("SELECT update_name FROM background_updates").map { try $0.text(0) }
      #expect(Set(names).isSuperset(of: rows.map(\.name)))
    }
  }
}
