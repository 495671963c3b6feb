import GradusSQL
import GradusTestSupport
import Testing

@testable import HomeserverSchema

/// The verifier finds whatever is wrong with a row.
struct VerifierTests {
  static let alice = "@alice:example.org"
  static let bob = "@bob:example.org"

  /// Two rooms, one with a name and encrypted; each user has a row in both.
  private static func with(
    _ engine: Engine, _ body: @Sendable (Connection, _ rooms: [String]) throws -> Void
  ) async throws {
    try await WriterTests.with(engine) { connection in
      let writer = HomeserverWriter(.v87)
      let rooms = try connection.transaction { connection in
        let first = try writer.createRoom(
          connection, name: "A", type: "m.space", isEncrypted: true, creator: alice, members: [(bob, .leave)])
        let second = try writer.createRoom(connection, creator: alice, members: [(bob, .invite)])
        try writer.sendMessage(connection, room: first, sender: alice)
        return [first, second]
      }
      let report = try connection.verify(.complete)
      #expect(report.isRight, "\(report)")
      #expect(report.rowsCompared == 6)
      try body(connection, rooms)
    }
  }

  @Test(
    arguments: TestDatabase.availableEngines,
    [
      // Positions stay unique and existing, as keys demand.
      ("event_stream_ordering", "(SELECT min(stream_ordering) FROM events)"),
      ("bump_stamp", "1"), ("bump_stamp", "NULL"), ("room_type", "'other'"), ("room_name", "NULL"),
      ("is_encrypted", "FALSE"), ("tombstone_successor_room_id", "'!x:y'"),
    ])
  func joinedRoomColumn(_ engine: Engine, _ change: (column: String, value: String)) async throws {
    try await Self.with(engine) { connection, rooms in
      try connection.execute(
        "UPDATE sliding_sync_joined_rooms SET \(change.column) = \(change.value) WHERE room_id = $1",
        [.text(rooms[0])])
      let report = try connection.verify(.existingRowsAreRight)
      #expect(!report.isRight)
      #expect(report.differences.map(\.column) == [change.column])
      #expect(report.differences.first?.key == .init(table: .joinedRooms, roomID: rooms[0], userID: nil))
    }
  }

  @Test(
    arguments: TestDatabase.availableEngines,
    [
      ("sender", "'@mallory:example.org'"), ("membership", "'ban'"), ("forgotten", "1"),
      ("membership_event_id", "(SELECT min(event_id) FROM events WHERE type = 'm.room.create')"),
      ("event_stream_ordering", "(SELECT min(stream_ordering) FROM events)"),
      ("event_instance_name", "'worker9'"), ("has_known_state", "FALSE"), ("room_type", "NULL"),
      ("room_name", "'B'"), ("is_encrypted", "FALSE"), ("tombstone_successor_room_id", "'!x:y'"),
    ])
  func snapshotColumn(_ engine: Engine, _ change: (column: String, value: String)) async throws {
    try await Self.with(engine) { connection, rooms in
      try connection.execute(
        """
        UPDATE sliding_sync_membership_snapshots SET \(change.column) = \(change.value)
        WHERE room_id = $1 AND user_id = $2
        """, [.text(rooms[0]), .text(Self.bob)])
      let report = try connection.verify(.existingRowsAreRight)
      #expect(!report.isRight)
      #expect(report.differences.map(\.column) == [change.column])
      #expect(
        report.differences.first?.key
          == .init(table: .membershipSnapshots, roomID: rooms[0], userID: Self.bob))
    }
  }

  /// A name that Swift takes for the event's, and the database for another.
  @Test(arguments: TestDatabase.availableEngines)
  func aNameOfOtherBytes(_ engine: Engine) async throws {
    try await Self.with(engine) { connection, rooms in
      _ = try connection.transaction { connection in
        try HomeserverWriter(.v87).setName(connection, room: rooms[0], sender: Self.alice, "e\u{301}")
      }
      #expect(try connection.verify(.complete).isRight)
      try connection.execute(
        "UPDATE sliding_sync_joined_rooms SET room_name = $1 WHERE room_id = $2",
        ["\u{E9}", .text(rooms[0])])
      let report = try connection.verify(.existingRowsAreRight)
      #expect(report.differences.map(\.column) == ["room_name"])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func missingRows(_ engine: Engine) async throws {
    try await Self.with(engine) { connection, rooms in
      try connection.execute("DELETE FROM sliding_sync_joined_rooms WHERE room_id = $1", [.text(rooms[0])])
      try connection.execute(
        "DELETE FROM sliding_sync_membership_snapshots WHERE room_id = $1 AND user_id = $2",
        [.text(rooms[1]), .text(Self.bob)])
      #expect(try connection.verify(.existingRowsAreRight).isRight)
      let report = try connection.verify(.complete)
      #expect(!report.isRight)
      #expect(
        Set(report.missing) == [
          .init(table: .joinedRooms, roomID: rooms[0], userID: nil),
          .init(table: .membershipSnapshots, roomID: rooms[1], userID: Self.bob),
        ])
      #expect(report.differenceCount == 0 && report.surplusCount == 0)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func surplusRows(_ engine: Engine) async throws {
    try await Self.with(engine) { connection, rooms in
      try connection.execute("DELETE FROM current_state_events WHERE room_id = $1", [.text(rooms[0])])
      try connection.execute("DELETE FROM local_current_membership WHERE room_id = $1", [.text(rooms[1])])
      let report = try connection.verify(.existingRowsAreRight)
      #expect(!report.isRight)
      #expect(report.surplus.contains(.init(table: .joinedRooms, roomID: rooms[0], userID: nil)))
      #expect(
        report.surplus.contains(.init(table: .membershipSnapshots, roomID: rooms[1], userID: Self.alice)))
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func stateColumnsMustBeOfOneMoment(_ engine: Engine) async throws {
    try await Self.with(engine) { connection, rooms in
      let writer = HomeserverWriter(.v87)
      try connection.transaction { connection in
        try writer.setName(connection, room: rooms[1], sender: Self.alice, "A")
        try writer.setEncryption(connection, room: rooms[1], sender: Self.alice)
        try writer.setName(connection, room: rooms[1], sender: Self.alice, "B")
      }
      func isRight(_ name: String?, _ isEncrypted: Bool) throws -> Bool {
        try connection.execute(
          """
          UPDATE sliding_sync_membership_snapshots SET room_name = $1, is_encrypted = $2
          WHERE room_id = $3 AND user_id = $4
          """, [SQLValue(name), .boolean(isEncrypted), .text(rooms[1]), .text(Self.alice)])
        return try connection.verify(.complete).isRight
      }
      #expect(try isRight(nil, false))
      #expect(try isRight("A", false))
      #expect(try isRight("A", true))
      #expect(try isRight("B", true))
      #expect(try !isRight("B", false), "the name B came after the encryption")
      #expect(try !isRight(nil, true), "the room had a name when it was encrypted")
    }
  }

  @Test func listsAreLimitedAndCountsAreNot() async throws {
    try await Self.with(.sqlite) { connection, _ in
      try connection.execute("UPDATE sliding_sync_membership_snapshots SET sender = '@x:y'")
      let report = try connection.transaction(.read) {
        try DerivedRowsVerifier(.complete, listLimit: 2).verify($0)
      }
      #expect(report.differenceCount == 4)
      #expect(report.differences.count == 2)
    }
  }
}
