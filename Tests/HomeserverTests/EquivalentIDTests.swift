import GradusSQL
import GradusTestSupport
import Testing

@testable import HomeserverSchema

/// Rooms whose ids Swift takes for equal and the databases do not: each gets what is its own.
@Suite struct EquivalentIDTests {
  private static let rooms = [("!e\u{301}", "decomposed"), ("!\u{E9}", "composed")]

  private func names(_ world: World, of table: String) throws -> [[SQLValue]] {
    let name = table == "room_stats_state" ? "name" : "room_name"
    return try Self.rooms.map { room, _ in
      try world.connection.query(
        "SELECT room_id, \(name) FROM \(table) WHERE room_id = $1", [.text(room)]
      ).flatMap(\.values)
    }
  }

  private func fill(_ world: World) throws {
    for (room, name) in Self.rooms {
      try world.room(room)
      try world.state(.create, in: room)
      try world.state(.name, in: room, content: #"{"name":"\#(name)"}"#)
    }
    for (room, _) in Self.rooms { try world.member(World.bob, "join", in: room) }
  }

  @Test(arguments: TestDatabase.availableEngines, [1, 10])
  func slidingSync(engine: Engine, size: Int) async throws {
    try await World.with(engine) { world in
      try fill(world)
      _ = try UpdateLoop.runSlidingSync(size: size, on: world.connection)
      let expected = Self.rooms.map { [SQLValue.text($0), .text($1)] }
      for table in ["sliding_sync_joined_rooms", "sliding_sync_membership_snapshots"] {
        #expect(try names(world, of: table) == expected, "\(table)")
      }
    }
  }

  @Test(arguments: TestDatabase.availableEngines, [1, 10])
  func statistics(engine: Engine, size: Int) async throws {
    try await World.with(engine) { world in
      try fill(world)
      _ = try UpdateLoop.run(RoomStatisticsUpdate(), size: size, on: world.connection)
      let expected = Self.rooms.map { [SQLValue.text($0), .text($1)] }
      #expect(try names(world, of: "room_stats_state") == expected)
    }
  }

  /// A user who leaves is not the other one, who stays.
  @Test(arguments: TestDatabase.availableEngines)
  func liveWriter(engine: Engine) async throws {
    try await WriterTests.with(engine) { connection in
      let users = ["@\u{E9}:example.org", "@e\u{301}:example.org"]
      let writer = HomeserverWriter(.v88)
      try connection.transaction { connection in
        let room = try writer.createRoom(
          connection, name: "A", creator: users[0], members: [(users[1], .join)])
        try writer.setMembership(connection, room: room, user: users[1], .leave)
      }
      let joined = try connection.query(
        "SELECT state_key FROM current_state_events WHERE type = 'm.room.member' AND membership = 'join'")
      #expect(joined.map { $0[0] } == [.text(users[0])])
    }
  }
}
