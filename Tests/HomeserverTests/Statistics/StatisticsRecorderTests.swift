import Foundation
import Gradus
import GradusSQL
import GradusTestSupport
import Synchronization
import Testing

@testable import HomeserverSchema

/// Counting as things happen, with a clock that the test holds.
@Suite struct StatisticsRecorderTests {
  /// A clock, and what counts by it, in slices of 1,000 ms.
  final class Bench: Sendable {
    private let time = Mutex<Int64>(0)
    var now: Int64 {
      get { time.withLock { $0 } }
      set { time.withLock { $0 = newValue } }
    }
    var options: StatisticsOptions {
      StatisticsOptions(serverName: "local", bucketSize: 1000) { [self] in
        Date(timeIntervalSince1970: Double(now) / 1000)
      }
    }
    var recorder: StatisticsRecorder { StatisticsRecorder(options) }

    /// Counts at a time.
    func count(
      at time: Int64, _ connection: Connection, rooms: [RoomStatisticsChange] = [],
      users: [UserStatisticsChange] = []
    ) throws {
      now = time
      try connection.transaction { try recorder.record(rooms: rooms, users: users, on: $0) }
    }
  }

  private static func change(
    _ position: Int64, joined: Int64 = 0, knocked: Int64 = 0, events: Int64 = 0
  ) -> RoomStatisticsChange {
    var change = RoomStatisticsChange("!r", at: position)
    change.joinedMembers = joined
    change.knockedMembers = knocked
    change.totalEvents = events
    change.totalEventBytes = events * 100
    return change
  }

  private static func addRoom(_ connection: Connection, position: Int64 = 0) throws {
    try connection.execute(
      "INSERT INTO room_stats_current VALUES ('!r', 5, 1, 0, 0, 0, 1, $1, NULL)", [.integer(position)])
  }

  private static func current(_ connection: Connection) throws -> [Int64?] {
    try connection.queryRow(
      "SELECT joined_members, knocked_members, completed_delta_stream_id FROM room_stats_current")?.values
      .map(\.integer)
      ?? []
  }

  /// End, whether it is dirty, events.
  private static func slice(_ connection: Connection) throws -> [Int64?] {
    try connection.queryRow("SELECT end_ts, is_dirty, total_events FROM room_stats_slices")?.values.map(
      \.integer)
      ?? []
  }

  /// End, joined members, events.
  private static func history(_ connection: Connection) throws -> [[Int64?]] {
    try connection.query(
      "SELECT end_ts, joined_members, total_events FROM room_stats_historical ORDER BY end_ts"
    ).map { $0.values.map(\.integer) }
  }

  /// Statistics that are deleted to be computed anew take no slice with them that is over.
  @Test(arguments: TestDatabase.availableEngines)
  func regeneratingKeepsWhatBelongsIntoTheHistory(_ engine: Engine) async throws {
    let bench = Bench()
    try await World.with(engine) { world in
      let connection = world.connection
      try BookkeepingTables.ensure(connection)
      try Self.addRoom(connection)
      try bench.count(at: 100, connection, rooms: [Self.change(1, joined: 1, events: 5)])
      let outcome = try connection.transaction {
        try StatisticsRegeneration(users: false).queue(at: 1500, on: $0)
      }
      #expect(outcome.deletedRooms == 1)
      #expect(try Self.history(connection) == [[1000, 2, 5]])
      #expect(try Self.slice(connection).first == 1000 && Self.slice(connection).last == 0)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func dirtyRowsAreCollectedBeforeFurtherCounting(_ engine: Engine) async throws {
    let bench = Bench()
    try await World.with(engine) { world in
      let connection = world.connection
      try Self.addRoom(connection)
      try bench.count(at: 100, connection, rooms: [Self.change(1, joined: 1, events: 1)])
      #expect(try Self.current(connection) == [2, 0, 1])
      #expect(try Self.slice(connection) == [1000, 1, 1])
      try bench.count(at: 999, connection, rooms: [Self.change(2, joined: 1, knocked: 1, events: 2)])
      #expect(try Self.current(connection) == [3, 1, 2])
      #expect(try Self.slice(connection) == [1000, 1, 3])
      #expect(try Self.history(connection) == [])
      // On the boundary the slice is over: what it was like is kept before anything is counted.
      try bench.count(at: 1000, connection, rooms: [Self.change(3, joined: 10, events: 4)])
      #expect(try Self.history(connection) == [[1000, 3, 3]])
      #expect(try Self.current(connection) == [13, 1, 3])
      #expect(try Self.slice(connection) == [2000, 1, 4])
      // Slices in which nothing happens have no row.
      try bench.count(at: 8500, connection, rooms: [Self.change(4, events: 1)])
      #expect(try Self.history(connection) == [[1000, 3, 3], [2000, 13, 4]])
      #expect(try Self.slice(connection) == [9000, 1, 1])
      let row = try connection.queryRow("SELECT * FROM room_stats_historical WHERE end_ts = 1000")
      #expect(
        row?.values == ["!r", 1000, 1000, 5, 3, 0, 0, 0, 1, 3, 300, 1])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func whatIsAccountedForIsNotCountedAgain(_ engine: Engine) async throws {
    let bench = Bench()
    try await World.with(engine) { world in
      let connection = world.connection
      try Self.addRoom(connection, position: 10)
      // Of one room several changes at once, some of them accounted for; what happened in the slice counts regardless.
      try bench.count(
        at: 5, connection,
        rooms: [
          Self.change(9, joined: 100, events: 1), Self.change(10, joined: 100, events: 1),
          Self.change(12, joined: 1, events: 1), Self.change(11, joined: 2, events: 1),
        ])
      #expect(try Self.current(connection) == [4, 0, 12])
      #expect(try Self.slice(connection) == [1000, 1, 4])
      try bench.count(at: 6, connection, rooms: [Self.change(12, joined: 100)])
      #expect(try Self.current(connection) == [4, 0, 12])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func incompleteRowsAreExtendedAndNotCollected(_ engine: Engine) async throws {
    let bench = Bench()
    try await World.with(engine) { world in
      let connection = world.connection
      try bench.count(at: 100, connection, rooms: [Self.change(1, joined: 1, events: 1)])
      #expect(try Self.slice(connection) == [1000, 1, 1])
      try bench.count(at: 2500, connection, rooms: [Self.change(2, joined: 1, events: 1)])
      #expect(try Self.slice(connection) == [3000, 1, 2])
      bench.now = 9000
      #expect(try connection.transaction { try bench.recorder.collect(on: $0) } == 0)
      #expect(try Self.history(connection) == [])
      #expect(try Self.current(connection) == [])
      // The first count makes it complete, in the slice of the count.
      try world.room("!r")
      try world.currentMember("@a:local", "join", in: "!r")
      try world.countRooms(bench.options)
      #expect(try Self.current(connection) == [1, 0, 100])
      #expect(try Self.slice(connection) == [10_000, 1, 2])
      bench.now = 10_000
      #expect(try connection.transaction { try bench.recorder.collect(on: $0) } == 1)
      #expect(try Self.history(connection) == [[10_000, 1, 2]])
      #expect(try Self.slice(connection) == [10_000, 0, 0])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func theClockIsPutBack(_ engine: Engine) async throws {
    let bench = Bench()
    try await World.with(engine) { world in
      let connection = world.connection
      try Self.addRoom(connection)
      try bench.count(at: 1500, connection, rooms: [Self.change(1, joined: 1, events: 1)])
      bench.now = 2000
      #expect(try connection.transaction { try bench.recorder.collect(on: $0) } == 1)
      #expect(try Self.history(connection) == [[2000, 2, 1]])
      // A little: the slice that has its row is continued.
      try bench.count(at: 900, connection, rooms: [Self.change(2, joined: 1, events: 2)])
      #expect(try Self.slice(connection) == [2000, 1, 2])
      try bench.count(at: 2100, connection, rooms: [Self.change(3, events: 4)])
      #expect(try Self.history(connection) == [[2000, 3, 3]])
      #expect(try Self.slice(connection) == [3000, 1, 4])
      // From a time that cannot have been.
      try bench.count(at: 999_999_500, connection, rooms: [Self.change(4, events: 8)])
      #expect(try Self.slice(connection) == [1_000_000_000, 1, 8])
      try bench.count(at: 4500, connection, rooms: [Self.change(5, joined: 1, events: 1)])
      #expect(try Self.slice(connection) == [5000, 1, 9])
      #expect(try Self.history(connection) == [[2000, 3, 3], [3000, 3, 4]])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func usersHaveTheirOwn(_ engine: Engine) async throws {
    let bench = Bench()
    try await World.with(engine) { world in
      let connection = world.connection
      try world.user("@a:local")
      try world.user("@b:local")
      try world.countUsers(bench.options)
      var change = UserStatisticsChange("@a:local", at: 3)
      change.joinedRooms = 2
      change.invitesSent = 3
      change.roomsCreated = 1
      change.totalEvents = 7
      change.totalEventBytes = 700
      try bench.count(at: -500, connection, users: [change, UserStatisticsChange("@b:local", at: 1)])
      // The first count made both dirty, in the slice of 0.
      bench.now = 1000
      #expect(try connection.transaction { try bench.recorder.collect(limit: 1, on: $0) } == 1)
      #expect(try connection.transaction { try bench.recorder.collect(limit: 9, on: $0) } == 1)
      #expect(try connection.transaction { try bench.recorder.collect(limit: 9, on: $0) } == 0)
      let rows = try connection.query("SELECT * FROM user_stats_historical ORDER BY user_id").map(\.values)
      #expect(
        rows == [
          ["@a:local", 1000, 1000, 2, 3, 1, 7, 700], ["@b:local", 1000, 1000, 0, 0, 0, 0, 0],
        ])
      let series = try StatisticsSeries.user("@a:local", from: -1000, to: 2500, length: 1000, on: connection)
      #expect(series.points.map { $0.absolute["joined_rooms"] ?? nil } == [nil, 2, 2, 2])
      #expect(series.points.map { $0.perSlice["invites_sent"] } == [0, 3, 0, 0])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func seriesHaveWhatIsUnderWayAndWhatWasPurged(_ engine: Engine) async throws {
    let bench = Bench()
    try await World.with(engine) { world in
      let connection = world.connection
      try Self.addRoom(connection)
      func joined(from: Int64, to: Int64) throws -> [Int64?] {
        try StatisticsSeries.room("!r", from: from, to: to, length: 1000, on: connection).points.map {
          $0.absolute["joined_members"] ?? nil
        }
      }
      // Never changed since it was counted.
      #expect(try joined(from: 0, to: 1500) == [1, 1])
      try bench.count(at: 1500, connection, rooms: [Self.change(1, joined: 1, events: 3)])
      #expect(try joined(from: 0, to: 2500) == [nil, 2, 2])
      try bench.count(at: 5500, connection, rooms: [Self.change(2, joined: 1, events: 4)])
      #expect(try joined(from: 0, to: 5500) == [nil, 2, 2, 2, 2, 3])
      #expect(try joined(from: 4000, to: 4500) == [2])
      bench.now = 6000
      try connection.transaction { _ = try bench.recorder.collect(on: $0) }
      #expect(try joined(from: 0, to: 6500) == [nil, 2, 2, 2, 2, 3, 3])
      try connection.execute("DELETE FROM room_stats_historical")
      #expect(try joined(from: 0, to: 1500) == [3, 3])
      for (from, to, length) in [(5, 4, 1000), (0, .max, 1000), (.min, .max, 1), (0, 1, 0)]
        as [(Int64, Int64, Int64)]
      {
        #expect(throws: HomeserverError.self) {
          try StatisticsSeries.room("!r", from: from, to: to, length: length, on: connection)
        }
      }
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func switchedOffOrWithoutTables(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      let connection = world.connection
      try Self.addRoom(connection)
      try connection.transaction { connection in
        try StatisticsRecorder(StatisticsOptions(isEnabled: false)).record(
          rooms: [Self.change(1, joined: 1)], on: connection)
      }
      #expect(try Self.current(connection) == [1, nil, 0])
      try connection.execute("DROP TABLE room_stats_slices")
      #expect(throws: HomeserverError.self) {
        try connection.transaction { try StatisticsRecorder().record(rooms: [Self.change(1)], on: $0) }
      }
      #expect(throws: HomeserverError.self) {
        try connection.transaction { try HistoryPurge(before: 0).queue(on: $0) }
      }
      #expect(
        try UpdateLoop.run(HistoryPurgeUpdate(), from: #"{"before_ts":1}"#, size: 1, on: connection).scanned
          == 0)
      // The updates do without.
      try world.room("!r")
      try world.currentMember("@a:local", "join", in: "!r")
      #expect(try world.countRooms().written == 1)
    }
  }

  /// Ids that Swift takes for equal and the database does not.
  @Test(arguments: TestDatabase.availableEngines)
  func subjectsAreToldApartByTheirCodePoints(_ engine: Engine) async throws {
    let bench = Bench()
    try await World.with(engine) { world in
      let connection = world.connection
      let rooms = ["!\u{E9}", "!e\u{301}"]
      var changes: [RoomStatisticsChange] = []
      for (number, room) in rooms.enumerated() {
        try connection.execute(
          "INSERT INTO room_stats_current VALUES ($1, 0, 0, 0, 0, 0, 0, 0, NULL)", [.text(room)])
        var change = RoomStatisticsChange(room, at: 1)
        change.joinedMembers = Int64(number + 1)
        change.totalEvents = Int64(number + 5)
        changes.append(change)
      }
      try bench.count(at: 100, connection, rooms: changes)
      for (number, room) in rooms.enumerated() {
        let row = try connection.queryRow(
          """
          SELECT c.joined_members, s.total_events FROM room_stats_current c
          JOIN room_stats_slices s ON s.room_id = c.room_id WHERE c.room_id = $1
          """, [.text(room)])
        #expect(row?.values == [SQLValue(number + 1), SQLValue(number + 5)])
      }
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aPurgeThatIsOrderedAgainIsTriedAgain(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      let connection = world.connection
      try BookkeepingTables.ensure(connection)
      func order(_ before: Int64) throws {
        _ = try connection.transaction { try HistoryPurge(before: before).queue(on: $0) }
      }
      try order(5)
      try connection.execute(
        "INSERT INTO gradus_update_controls (update_name, parked_at, parked_reason) VALUES ($1, 1, 'broken')",
        [.text(HistoryPurgeUpdate().name)])
      try order(3)
      let row = try connection.queryRow(
        """
        SELECT u.progress_json, c.parked_at FROM background_updates u
        JOIN gradus_update_controls c ON c.update_name = u.update_name
        """)
      #expect(row?.values == [#"{"before_ts":5}"#, .null])
    }
  }

  /// The first and last updates of the chain.
  @Test(arguments: TestDatabase.availableEngines)
  func theChainCollects(_ engine: Engine) async throws {
    let bench = Bench()
    try await World.with(engine) { world in
      let connection = world.connection
      for room in 1...5 {
        try connection.execute(
          "INSERT INTO room_stats_current VALUES ($1, 1, 1, 1, 1, 1, 1, 1, 1)", [.text("!\(room)")])
        try connection.execute(
          "INSERT INTO room_stats_slices (room_id, end_ts, bucket_size, is_dirty) VALUES ($1, $2, 1000, TRUE)",
          [.text("!\(room)"), .integer(Int64(room) * 1000)])
      }
      bench.now = 3999
      let prepared = try UpdateLoop.run(
        CollectStatisticsUpdate.prepare(bench.options), size: 2, on: connection)
      #expect(prepared.written == 3)
      bench.now = 5000
      #expect(
        try UpdateLoop.run(CollectStatisticsUpdate.cleanup(bench.options), size: 9, on: connection).written
          == 2)
      #expect(try Self.history(connection) == (1...5).map { [$0 * 1000, 1, 0] })
      #expect(
        try UpdateLoop.run(CollectStatisticsUpdate.cleanup(bench.options), size: 9, on: connection).written
          == 0)
      try connection.execute("DROP TABLE user_stats_slices")
      #expect(try UpdateLoop.run(CollectStatisticsUpdate.prepare(), size: 9, on: connection).scanned == 0)
    }
  }

  @Test(arguments: TestDatabase.availableEngines, [1, 3, 1000])
  func oldRowsArePurged(_ engine: Engine, size: Int) async throws {
    try await World.with(engine) { world in
      let connection = world.connection
      for end in 1...8 as ClosedRange<Int64> {
        for name in ["a", "b"] {
          try connection.execute(
            "INSERT INTO room_stats_historical VALUES ($1, $2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)",
            [.text("!\(name)"), .integer(end)])
          try connection.execute(
            "INSERT INTO user_stats_historical VALUES ($1, $2, 1, 1, 1, 1, 1, 1)",
            [.text("@\(name)"), .integer(end)])
        }
      }
      #expect(throws: (any Error).self) {
        try UpdateLoop.run(HistoryPurgeUpdate(), size: size, on: connection)
      }
      let update = HistoryPurgeUpdate()
      #expect(try update.estimateRemaining(.init(beforeTimestamp: 5), on: connection) == 16)
      let outcome = try UpdateLoop.run(update, from: #"{"before_ts":5}"#, size: size, on: connection)
      #expect(outcome.written == 16)
      #expect(outcome.progress.count == 16 / size + 1)
      for table in ["room_stats_historical", "user_stats_historical"] {
        let row = try connection.queryRow("SELECT COUNT(*), MIN(end_ts) FROM \(table)")
        #expect(row?.values == [8, 5])
      }
    }
  }
}
