import Foundation
import GradusSQL
import GradusTestSupport
import Synchronization
import HomeserverFixtures
import Testing

@testable import HomeserverSchema

/// The sample data.
struct SampleTests {
  private static let tables: [(name: String, key: [String])] = [
    ("users", ["name"]), ("rooms", ["room_id"]), ("events", ["stream_ordering"]),
    ("event_json", ["event_id"]),
    ("state_events", ["event_id"]), ("rejections", ["event_id"]), ("redactions", ["event_id"]),
    ("current_state_events", ["event_id"]), ("current_state_delta_stream", ["stream_id"]),
    ("room_memberships", ["event_id"]), ("local_current_membership", ["user_id", "room_id"]),
    ("event_to_state_groups", ["event_id"]), ("state_groups", ["id"]),
    ("state_group_edges", ["state_group"]), ("state_groups_state", ["state_group", "type", "state_key"]),
  ]

  private static func dump(_ sample: SampleDatabase, _ engine: Engine) async throws -> [String] {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { try ExampleSchema.create(upTo: 86, on: $0) }
      try await sample.fill(session)
      return try await session.run { connection in
        try tables.flatMap { try TableDump.lines($0.name, orderedBy: $0.key, on: connection) }
      }
    }
  }

  @Test func equalSeedsGiveEqualRows() async throws {
    let sample = SampleDatabase(seed: 7, rooms: 60, memberships: 600, users: 200)
    let rows = try await Self.dump(sample, .sqlite)
    for engine in TestDatabase.availableEngines {
      let other = try await Self.dump(sample, engine)
      #expect(other.sorted() == rows.sorted())
    }
    var another = sample
    another.seed = 8
    #expect(try await Self.dump(another, .sqlite) != rows)
  }

  @Test(arguments: TestDatabase.availableEngines)
  func defaults(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { try ExampleSchema.create(on: $0) }
      let last = Mutex((done: 0, total: 0))
      let start = ContinuousClock.now
      try await SampleDatabase().fill(session) { done, total in
        last.withLock { $0 = (done, total) }
      }
      let time = ContinuousClock.now - start
      print("sample on \(engine): \(time)")
      #expect(last.withLock { $0 } == (40_000, 40_000))
      try await session.run { connection in
        func count(_ from: String) throws -> Int64 {
          try connection.queryRow("SELECT count(*) FROM \(from)")?.integer(0) ?? -1
        }
        #expect(try count("rooms") == 2_000)
        #expect(try count("local_current_membership") == 40_000)
        for membership in HomeserverWriter.Membership.allCases {
          #expect(try count("local_current_membership WHERE membership = '\(membership.rawValue)'") > 500)
        }
        #expect(try count("events WHERE outlier") > 200)
        #expect(try count("rejections") > 5)
        #expect(try count("redactions") > 50)

        let begun = ContinuousClock.now
        try UpdateLoop.runSlidingSync(size: 1_000, on: connection)
        let filled = ContinuousClock.now
        let report = try connection.transaction(.read) { try DerivedRowsVerifier(.complete).verify($0) }
        print("backfill \(filled - begun), verification \(ContinuousClock.now - filled)")
        #expect(report.isRight, "\(report)")
        #expect(report.rowsCompared > 41_000)

        var history = RandomHistory(seed: 1)
        for _ in 1...50 { try history.step(HomeserverWriter(.v87), connection) }
        let rooms = try connection.query(
          "SELECT room_id, creator FROM rooms WHERE creator <> '' ORDER BY room_id LIMIT 50")
        for row in rooms {
          try connection.transaction { connection in
            let writer = HomeserverWriter(.v87)
            let room = try row.text(0)
            try writer.setName(connection, room: room, sender: try row.text(1), "New")
            try writer.setMembership(connection, room: room, user: "@new:example.org", .join)
          }
        }
        let after = try connection.transaction(.read) { try DerivedRowsVerifier(.complete).verify($0) }
        #expect(after.isRight, "\(after)")
      }
    }
  }

  @Test func refusesADatabaseWithRooms() async throws {
    try await TestDatabase.withDatabase(.sqlite) { database in
      let session = try await database.open()
      try await session.run { try ExampleSchema.create(upTo: 86, on: $0) }
      let sample = SampleDatabase(rooms: 2, memberships: 4, users: 10)
      try await sample.fill(session)
      let error = await #expect(throws: HomeserverError.self) { try await sample.fill(session) }
      #expect(error?.code == .notEmpty)
    }
  }
}
