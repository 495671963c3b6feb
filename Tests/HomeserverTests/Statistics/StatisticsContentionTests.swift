import Gradus
import GradusSQL
import GradusTestSupport
import GradusUpdates
import Testing

@testable import HomeserverSchema

/// What others do to the same rows meanwhile, in another process: PostgreSQL, as SQLite has one writer at a time.
@Suite(
  .enabled(if: TestDatabase.availableEngines.contains(.postgres), "needs PostgreSQL"),
  .timeLimit(.minutes(1)))
struct StatisticsContentionTests {
  /// Two sessions on a database of the schema: what one does in a transaction, in which it then waits until the other waits
  /// for it, and what the other does.
  private static func contend(
    fill: @Sendable (Connection) throws -> Void, first: @escaping @Sendable (Connection) throws -> Void,
    then: @escaping @Sendable (Connection) throws -> Void = { _ in },
    second: @Sendable (Connection) throws -> Void
  ) async throws {
    try await TestDatabase.withDatabase(.postgres) { database in
      let (one, other) = (try await database.open(), try await database.open())
      try await one.run { connection in
        try ExampleSchema.create(on: connection)
        try BookkeepingTables.ensure(connection)
        try fill(connection)
      }
      try await one.withOpenTransaction(first, then: then) { try await other.run { try second($0) } }
    }
  }

  /// Rooms `!1` and so on with a dirty row each.
  private static func addOldRooms(_ count: Int, _ connection: Connection) throws {
    for statement in [
      "INSERT INTO room_stats_current SELECT '!' || n, 1, 1, 0, 0, 0, 1, 1, 0 FROM generate_series(1, \(count)) n",
      """
      INSERT INTO room_stats_slices (room_id, end_ts, bucket_size, is_dirty)
      SELECT '!' || n, n, 1, TRUE FROM generate_series(1, \(count)) n
      """,
    ] { try connection.execute(statement) }
  }

  private static func count(_ table: String, _ connection: Connection) throws -> Int64? {
    try connection.queryRow("SELECT count(*) FROM \(table)")?[0].integer
  }

  /// Where others copy just those that are next, the rest is copied all the same, before current rows are deleted.
  @Test func whatOthersCopyIsNotTheEnd() async throws {
    try await Self.contend { connection in
      try Self.addOldRooms(1_001, connection)
    } first: { connection in
      let copied = try StatisticsHistory(.rooms).collectOld(at: 5_000, limit: 1_000, on: connection)
      #expect(copied == 1_000)
    } second: { connection in
      let outcome = try connection.transaction {
        try StatisticsRegeneration(users: false).queue(at: 5_000, on: $0)
      }
      #expect(outcome.deletedRooms == 1_001)
      #expect(try Self.count("room_stats_historical", connection) == 1_001)
    }
  }

  /// Neither waits for the other: both lock current rows before slices.
  @Test func regeneratingBesideCounting() async throws {
    try await Self.contend { connection in
      try Self.addOldRooms(1, connection)
    } first: { connection in
      try RowLock.take(["!1"], column: "room_id", of: "room_stats_current", on: connection)
    } then: { connection in
      var change = RoomStatisticsChange("!1", at: 2)
      change.totalEvents = 7
      try StatisticsRecorder().record(rooms: [change], on: connection)
    } second: { connection in
      let outcome = try connection.transaction { try StatisticsRegeneration(users: false).queue(on: $0) }
      #expect(outcome.deletedRooms == 1)
      #expect(try Self.count("room_stats_historical", connection) == 1)
      #expect(try connection.queryRow("SELECT total_events FROM room_stats_slices")?[0].integer == 7)
    }
  }

  /// Rows that go with their room while old ones are removed are not taken for the last.
  @Test func aRoomIsPurgedWhileHistoryIs() async throws {
    try await Self.contend { connection in
      try connection.execute(
        """
        INSERT INTO room_stats_historical
        SELECT '!' || n, n, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 FROM generate_series(1, 9) n
        """)
    } first: { connection in
      try connection.execute("DELETE FROM room_stats_historical WHERE room_id = '!2'")
    } second: { connection in
      let outcome = try UpdateLoop.run(
        HistoryPurgeUpdate(), from: #"{"before_ts":9}"#, size: 3, on: connection)
      #expect(outcome.written == 7)
      #expect(try Self.count("room_stats_historical", connection) == 1)
    }
  }

  /// Nor are they where all of a batch go.
  @Test func aRoomIsPurgedWithAllOfABatch() async throws {
    try await Self.contend { connection in
      try connection.execute(
        """
        INSERT INTO room_stats_historical
        SELECT '!' || n, n, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 FROM generate_series(1, 3) n
        """)
    } first: { connection in
      try connection.execute("DELETE FROM room_stats_historical WHERE room_id = '!1'")
    } second: { connection in
      let batch = try connection.transaction { connection in
        try HistoryPurgeUpdate().runBatch(.init(beforeTimestamp: 9), size: 1, on: connection)
      }
      #expect(batch.next != nil && batch.scanned == 1 && batch.written == 0)
    }
  }
}
