import GradusSQL
import GradusTestSupport
import Testing

@testable import HomeserverSchema

/// Writers of the three versions and what they make of the derived tables.
struct WriterTests {
  static func with(
    _ engine: Engine, version: Int = 88, _ body: @Sendable (Connection) throws -> Void
  ) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { connection in
        try ExampleSchema.create(upTo: version, on: connection)
        try body(connection)
      }
    }
  }

  @Test(arguments: TestDatabase.availableEngines, [1, 2, 3, 4] as [UInt64])
  func newVersionAloneKeepsAllRowsRight(_ engine: Engine, seed: UInt64) async throws {
    try await Self.with(engine) { connection in
      var history = RandomHistory(seed: seed)
      for number in 1...400 {
        try history.step(HomeserverWriter(number.isMultiple(of: 3) ? .v88 : .v87), connection)
        guard number.isMultiple(of: 100) else { continue }
        let report = try connection.verify(.complete)
        #expect(report.isRight, "after \(number) steps: \(report)")
        #expect(report.rowsCompared > 10)
      }
    }
  }

  @Test(arguments: TestDatabase.availableEngines, [5, 6] as [UInt64])
  func backfillAfterOldVersionIsRight(_ engine: Engine, seed: UInt64) async throws {
    try await Self.with(engine) { connection in
      var history = RandomHistory(seed: seed)
      for _ in 1...200 { try history.step(HomeserverWriter(.v86), connection) }
      let before = try connection.verify(.existingRowsAreRight)
      #expect(before.isRight)
      #expect(before.rowsCompared == 0)
      #expect(before.missingCount == before.rowsRequired)
      // Live writes before the backfill: what rows there are must be whole.
      for _ in 1...100 { try history.step(HomeserverWriter(.v87), connection) }
      let between = try connection.verify(.existingRowsAreRight)
      #expect(between.isRight, "\(between)")
      try UpdateLoop.runSlidingSync(size: 10, on: connection)
      for _ in 1...100 { try history.step(HomeserverWriter(.v87), connection) }
      let after = try connection.verify(.complete)
      #expect(after.isRight, "\(after)")
    }
  }

  /// Another server may send an event of the greatest depth that there is.
  @Test(arguments: TestDatabase.availableEngines)
  func eventsFollowTheDeepestOne(_ engine: Engine) async throws {
    try await Self.with(engine) { connection in
      let writer = HomeserverWriter(.v88)
      let alice = "@alice:example.org"
      let room = try connection.transaction { try writer.createRoom($0, creator: alice) }
      try connection.execute("UPDATE events SET depth = $1", [.integer(.max)])
      let event = try connection.transaction { try writer.sendMessage($0, room: room, sender: alice) }
      let row = try connection.queryRow("SELECT depth FROM events WHERE event_id = $1", [.text(event)])
      #expect(row?[0].integer == Int64.max)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func oldVersionMakesRowsStale(_ engine: Engine) async throws {
    try await Self.with(engine) { connection in
      let new = HomeserverWriter(.v87)
      let old = HomeserverWriter(.v86)
      let alice = "@alice:example.org"
      let bob = "@bob:example.org"
      let rooms = try connection.transaction { connection in
        try (0..<4).map { _ in
          try new.createRoom(connection, name: "A", creator: alice, members: [(bob, .join)])
        }
      }
      #expect(try connection.verify(.complete).isRight)
      try connection.transaction { connection in
        try old.setName(connection, room: rooms[0], sender: alice, "B")
        try old.setMembership(connection, room: rooms[1], user: bob, .leave)
        try old.sendMessage(connection, room: rooms[2], sender: alice)
      }
      let report = try connection.verify(.existingRowsAreRight)
      #expect(!report.isRight)
      func columns(_ room: Int, _ user: String?) -> [String] {
        report.differences.filter { $0.key.roomID == rooms[room] && $0.key.userID == user }.map(\.column)
      }
      #expect(columns(0, nil) == ["event_stream_ordering", "room_name"])
      #expect(columns(1, nil) == ["event_stream_ordering"])
      #expect(columns(1, bob) == ["membership_event_id", "membership", "event_stream_ordering"])
      #expect(columns(2, nil) == ["event_stream_ordering", "bump_stamp"])
      #expect(report.differences.allSatisfy { $0.key.roomID != rooms[3] })
      #expect(report.missingCount == 0)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func roomListsAgree(_ engine: Engine) async throws {
    try await Self.with(engine) { connection in
      var history = RandomHistory(seed: 11)
      for _ in 1...200 { try history.step(HomeserverWriter(.v86), connection) }
      func lists(_ version: HomeserverWriter.Version) throws -> [[RoomListEntry]] {
        try history.allUsers.map { try HomeserverWriter(version).readRoomList(connection, user: $0) }
      }
      let old = try lists(.v86)
      #expect(old.flatMap(\.self).count > 10)
      #expect(try lists(.v87) == old, "the updates are queued, so events are read")
      #expect(throws: HomeserverError.self) { try lists(.v88) }

      try UpdateLoop.runSlidingSync(size: 10, on: connection)
      try connection.execute("DELETE FROM background_updates")
      let new = try lists(.v88)
      #expect(try lists(.v87) == new)
      #expect(new.flatMap(\.self).contains { $0.source == .derivedRows })
      func withoutSource(_ lists: [[RoomListEntry]]) -> [[RoomListEntry]] {
        lists.map { list in
          list.map { entry in
            var entry = entry
            entry.source = .events
            return entry
          }
        }
      }
      #expect(withoutSource(new) == old)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func newVersionReadsPastAMissingRow(_ engine: Engine) async throws {
    try await Self.with(engine) { connection in
      let alice = "@alice:example.org"
      try connection.execute("DELETE FROM background_updates")
      let (first, second) = try connection.transaction { connection in
        let writer = HomeserverWriter(.v87)
        return (
          try writer.createRoom(connection, name: "A", creator: alice),
          try writer.createRoom(connection, name: "B", creator: alice)
        )
      }
      try connection.execute("DELETE FROM sliding_sync_joined_rooms WHERE room_id = $1", [.text(first)])
      let list = try HomeserverWriter(.v87).readRoomList(connection, user: alice)
      #expect(list.map(\.roomID) == [second, first])
      #expect(list.map(\.source) == [.derivedRows, .events])
      #expect(list.map(\.roomName) == ["B", "A"])
      let error = #expect(throws: HomeserverError.self) {
        try HomeserverWriter(.v88).readRoomList(connection, user: alice)
      }
      #expect(error?.code == .derivedRowMissing)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func writersAtOnceDoNotCollide(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      let alice = "@alice:example.org"
      let rooms = try await session.run { connection in
        try ExampleSchema.create(on: connection)
        return try connection.transaction { connection in
          try (0..<2).map { _ in try HomeserverWriter(.v87).createRoom(connection, creator: alice) }
        }
      }
      try await withThrowingTaskGroup { group in
        for number in 0..<4 {
          group.addTask {
            let session = try await database.open()
            let writer = HomeserverWriter(.v87)
            for step in 0..<25 {
              try await session.transaction { connection in
                let room = rooms[(number + step) % 2]
                try writer.setMembership(connection, room: room, user: "@user\(number):example.org", .join)
              }
            }
          }
        }
        try await group.waitForAll()
      }
      try await session.run { connection in
        #expect(try connection.queryRow("SELECT count(*) FROM events")?.integer(0) == 104)
        let report = try connection.verify(.complete)
        #expect(report.isRight, "\(report)")
        #expect(report.rowsCompared == 12)
      }
    }
  }

  @Test func oldVersionNeedsNoNewTables() async throws {
    try await Self.with(.sqlite, version: 86) { connection in
      var history = RandomHistory(seed: 3)
      for _ in 1...100 { try history.step(HomeserverWriter(.v86), connection) }
      let list = try history.allUsers.map { try HomeserverWriter(.v86).readRoomList(connection, user: $0) }
      #expect(list.contains { !$0.isEmpty })
    }
  }
}
