import GradusSQL
import GradusTestSupport
import Synchronization
import Testing

@testable import HomeserverSchema

/// Statistics computed while rooms change.
@Suite struct LiveWriterTests {
  /// A join that is not committed yet is waited for, and counted.
  @Test(
    .enabled(if: TestDatabase.availableEngines.contains(.postgres), "needs PostgreSQL"),
    .timeLimit(.minutes(1)))
  func aBatchWaitsForTheWriter() async throws {
    try await TestDatabase.withDatabase(.postgres) { database in
      let batches = try await database.open()
      let writer = try await database.open()
      try await batches.run { connection in
        let world = try World(connection)
        try world.room("!r")
        try world.currentMember("@a:local", "join", in: "!r")
      }
      let row = try await writer.withOpenTransaction { connection in
        _ = try connection.query("SELECT 1 FROM rooms WHERE room_id = '!r' FOR SHARE")
        try connection.execute(
          """
          INSERT INTO events (stream_ordering, topological_ordering, event_id, type, room_id, processed, outlier)
          VALUES (500, 1, '$500', 'm.room.member', '!r', TRUE, FALSE)
          """)
        try connection.execute(
          """
          INSERT INTO current_state_events (event_id, room_id, type, state_key, membership)
          VALUES ('$500', '!r', 'm.room.member', '@b:local', 'join')
          """)
      } _: {
        try await batches.run { connection in
          _ = try UpdateLoop.run(RoomStatisticsUpdate(), size: 10, on: connection)
          return try connection.queryRow(
            "SELECT joined_members, completed_delta_stream_id FROM room_stats_current")
        }
      }
      #expect(row?.values == [2, 500])
    }
  }

  /// Whenever a room was counted, what the stream of changes brings after the row's position makes the row right.
  @Test(arguments: TestDatabase.availableEngines)
  func thePositionTellsWhatIsStillToBeCounted(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let batches = try await database.open()
      try await batches.run { try ExampleSchema.create(on: $0) }
      let writers = Writers()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for seed in 1...2 as ClosedRange<UInt64> {
          let session = try await database.open()
          group.addTask {
            defer { writers.oneEnded() }
            var history = RandomHistory(seed: seed)
            for _ in 0..<120 {
              history = try await session.run { [history] connection in
                var history = history
                try history.step(HomeserverWriter(.v88), connection)
                return history
              }
            }
          }
        }
        group.addTask {
          while writers.areAtWork {
            _ = try await batches.run { connection in
              // Not the rooms that were counted last, so that rows of all ages are left.
              try UpdateLoop.run(
                RoomStatisticsUpdate(), from: #"{"only_missing":true}"#, size: 3, on: connection)
            }
          }
        }
        try await group.waitForAll()
      }
      try await batches.run { connection in
        try Self.catchUp(connection)
        let caughtUp = try Self.joined(connection)
        _ = try UpdateLoop.run(RoomStatisticsUpdate(), size: 100, on: connection)
        // A room that was made after the last batch had no row that could be made right.
        let counted = try Self.joined(connection).filter { caughtUp[$0.key] != nil }
        #expect(caughtUp == counted)
        #expect(counted.count > 5)
      }
    }
  }

  private final class Writers: Sendable {
    private let count = Mutex(2)
    var areAtWork: Bool { count.withLock { $0 > 0 } }
    func oneEnded() { count.withLock { $0 -= 1 } }
  }

  /// Joined members of the rooms that the server is in.
  private static func joined(_ connection: Connection) throws -> [String: Int64] {
    let rows = try connection.query(
      """
      SELECT room_id, joined_members FROM room_stats_current s
      WHERE EXISTS (SELECT 1 FROM current_state_events c WHERE c.room_id = s.room_id)
      """)
    return Dictionary(uniqueKeysWithValues: try rows.map { (try $0.text(0), try $0.integer(1)) })
  }

  /// Counts all changes of the stream, as the homeserver does in a while.
  private static func catchUp(_ connection: Connection) throws {
    let deltas = try connection.query(
      """
      SELECT d.room_id, d.stream_id, n.membership, p.membership
      FROM current_state_delta_stream d
      LEFT JOIN room_memberships n ON n.event_id = d.event_id
      LEFT JOIN room_memberships p ON p.event_id = d.prev_event_id
      WHERE d.type = 'm.room.member'
      """)
    let changes = try deltas.map { row in
      var change = RoomStatisticsChange(try row.text(0), at: try row.integer(1))
      change.joinedMembers = (row[2] == "join" ? 1 : 0) - (row[3] == "join" ? 1 : 0)
      return change
    }
    try connection.transaction { try StatisticsRecorder().record(rooms: changes, on: $0) }
  }
}
