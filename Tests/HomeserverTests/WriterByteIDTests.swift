import GradusSQL
import GradusTestSupport
import Testing

@testable import HomeserverSchema

/// Ids that SQLite holds as bytes: no writer stops at them either. What they name is passed over.
@Suite(
  .enabled(if: TestDatabase.availableEngines.contains(.sqlite), "needs SQLite"), .timeLimit(.minutes(1)))
struct WriterByteIDTests {
  /// Has SQLite hold an id as bytes in some columns.
  private static func storeAsBytes(_ id: String, _ columns: String..., in world: World) throws {
    for column in columns {
      let parts = column.split(separator: ".")
      let changed = try world.connection.execute(
        "UPDATE \(parts[0]) SET \(parts[1]) = CAST(\(parts[1]) AS BLOB) WHERE \(parts[1]) = $1", [.text(id)])
      #expect(changed > 0, "\(column)")
    }
  }

  @Test func sending() async throws {
    try await World.with(.sqlite) { world in
      let connection = world.connection
      try world.room("!a")
      let create = try world.state(.create, in: "!a")
      let name = try world.state(.name, in: "!a", content: #"{"name":"n"}"#)
      for user in [World.bob, World.alice] { try world.currentMember(user, "join", in: "!a") }
      let group = try world.group([(.create, create), (.name, name)], in: "!a")
      try world.setGroup(group, of: try world.event("m.room.message", in: "!a", by: World.bob))
      let newest = try world.event("m.room.message", in: "!a", by: World.bob)
      try Self.storeAsBytes(newest, "events.event_id", "event_json.event_id", in: world)
      try Self.storeAsBytes(
        name, "current_state_events.event_id", "state_groups_state.event_id", in: world)
      try Self.storeAsBytes(World.alice, "current_state_events.state_key", in: world)

      let writer = HomeserverWriter(.v87, serverName: "local")
      let sent = try connection.transaction { connection in
        try writer.sendMessage(connection, room: "!a", sender: World.bob)
      }
      let row = try connection.queryRow(
        "SELECT state_group FROM event_to_state_groups WHERE event_id = $1", [.text(sent)])
      #expect(row?[0].integer == group)
      try connection.transaction { connection in
        // There is no name to go back from; then there is, and what it was before.
        try writer.resetState(
          connection, room: "!a", sender: World.bob, .state("m.room.name"), isGone: false)
        try writer.setName(connection, room: "!a", sender: World.bob, "New")
        try writer.resetState(
          connection, room: "!a", sender: World.bob, .state("m.room.name"), isGone: false)
      }
      let joined = try connection.queryRow("SELECT room_name FROM sliding_sync_joined_rooms")
      #expect(joined?.values == ["n"])
      // Nobody else is in the room.
      try connection.transaction { connection in
        _ = try writer.setMembership(connection, room: "!a", user: World.bob, .leave)
      }
      #expect(try !writer.isInRoom("!a", on: connection))
    }
  }

  @Test(arguments: HomeserverWriter.Version.allCases)
  func lists(version: HomeserverWriter.Version) async throws {
    try await World.with(.sqlite) { world in
      try world.connection.execute("DELETE FROM background_updates")
      try world.connection.execute("PRAGMA foreign_keys = OFF")
      var joins: [String: String] = [:]
      for room in ["!a", "!b", "!c", "!d"] {
        try world.room(room)
        try world.state(.create, in: room)
        joins[room] = try world.member(World.bob, "join", in: room)
      }
      try world.room("!e")
      try world.member(World.bob, "invite", in: "!e", by: World.remote)
      try world.update()
      try Self.storeAsBytes("!b", "local_current_membership.room_id", in: world)
      let event = try #require(joins["!c"])
      try Self.storeAsBytes(event, "events.event_id", "local_current_membership.event_id", in: world)
      try world.connection.execute(
        "UPDATE events SET sender = CAST(sender AS BLOB) WHERE event_id = $1", [SQLValue(joins["!d"])])
      try Self.storeAsBytes(
        "!e", "local_current_membership.room_id", "sliding_sync_membership_snapshots.room_id", in: world)
      // An event's state that is bytes, too.
      let name = try world.state(.name, in: "!a", content: #"{"name":"n"}"#)
      try Self.storeAsBytes(name, "current_state_events.event_id", in: world)
      let list = try HomeserverWriter(version, serverName: "local").readRoomList(
        world.connection, user: World.bob)
      #expect(list.map(\.roomID) == ["!a"])
    }
  }

  /// A membership that is bytes is none that there is.
  @Test func memberships() async throws {
    try await World.with(.sqlite) { world in
      try world.room("!a")
      try world.state(.create, in: "!a")
      for user in [World.alice, World.bob] { try world.member(user, "join", in: "!a") }
      try world.connection.execute(
        "UPDATE local_current_membership SET membership = CAST(membership AS BLOB) WHERE user_id = $1",
        [.text(World.alice)])
      #expect(try world.update() == [SkipReason.unknownMembership.rawValue: 1])
      #expect(try world.snapshot("!a") == "'@bob:local' 'join' 1 - - 0 -")
    }
  }
}
