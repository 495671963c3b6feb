import GradusSQL
import GradusTestSupport
import Testing

@testable import HomeserverSchema

/// PostgreSQL knows events without a position, and sorts them before all others.
@Suite(.enabled(if: TestDatabase.availableEngines.contains(.postgres))) struct MissingPositionTests {
  private static let writer = HomeserverWriter(.v87, serverName: "local")

  private func losePosition(_ event: String, _ world: World) throws {
    try world.connection.execute(
      "UPDATE events SET stream_ordering = NULL WHERE event_id = $1", [.text(event)])
  }

  /// A room that Bob is in, with a name, and a state group after his joining.
  private func room(_ world: World) throws -> (name: String, join: String, group: Int64) {
    try world.room("!a")
    let create = try world.state(.create, in: "!a")
    let name = try world.state(.name, in: "!a", content: #"{"name":"n"}"#)
    let join = try world.member(World.bob, "join", in: "!a")
    try world.makeCurrent(join, "m.room.member", stateKey: World.bob, in: "!a")
    let group = try world.group([(.create, create), (.name, name)], in: "!a")
    try world.setGroup(group, of: join)
    return (name, join, group)
  }

  @Test func neitherTheVerifierNorAListStops() async throws {
    try await World.with(.postgres) { world in
      _ = try room(world)
      try losePosition(try world.event("m.room.message", in: "!a", .init(isOutlier: true)), world)
      try world.room("!b")
      try world.state(.create, in: "!b")
      let lost = try world.member(World.bob, "join", in: "!b", isCurrent: false)
      try losePosition(lost, world)
      try world.setMembership(World.bob, "join", in: "!b", event: lost)
      #expect(try world.update() == ["membership event without sender or position": 1])
      let report = try world.connection.verify(.complete)
      #expect(report.isRight && report.rowsCompared == 3, "\(report)")
      try world.connection.execute("DELETE FROM background_updates")
      for version in HomeserverWriter.Version.allCases {
        let list = try HomeserverWriter(version, serverName: "local").readRoomList(
          world.connection, user: World.bob)
        #expect(list.map(\.roomID) == ["!a"], "\(version)")
      }
    }
  }

  @Test func theNextEventFollowsOneWithAPosition() async throws {
    try await World.with(.postgres) { world in
      let (_, _, group) = try room(world)
      try losePosition(try world.event("m.room.message", in: "!a"), world)
      let message = try world.connection.transaction { connection in
        try Self.writer.sendMessage(connection, room: "!a", sender: World.bob)
      }
      let groups = try world.connection.query(
        "SELECT state_group FROM event_to_state_groups WHERE event_id = $1", [.text(message)])
      #expect(groups.map { $0[0] } == [.integer(group)])
    }
  }

  @Test func theLastKnownStateIsThatOfAnEventWithAPosition() async throws {
    try await World.with(.postgres) { world in
      let (name, _, _) = try room(world)
      let message = try world.event("m.room.message", in: "!a")
      try losePosition(message, world)
      try world.setGroup(try world.group([], in: "!a"), of: message)
      try world.connection.execute("DELETE FROM current_state_events")
      try PositionAllocator.advanceSequences(on: world.connection)
      try world.connection.transaction { connection in
        _ = try Self.writer.joinRemoteRoom(connection, room: "!a", user: World.bob, creator: World.remote)
      }
      let current = try world.connection.query(
        "SELECT event_id FROM current_state_events WHERE type = 'm.room.name'")
      #expect(current.map { $0[0] } == [.text(name)])
    }
  }

  @Test func ofTwoInvitesTheOneWithAPositionCounts() async throws {
    try await World.with(.postgres) { world in
      try world.room("!a")
      func invite(_ name: String) throws -> String {
        let state =
          #"[{"type":"m.room.create","state_key":"","sender":"@r:r","content":{}},"#
          + #"{"type":"m.room.name","state_key":"","sender":"@r:r","content":{"name":"\#(name)"}}]"#
        return try world.member(
          World.bob, "invite", in: "!a", by: World.remote, isCurrent: false,
          .init(depth: 5, isOutlier: true, unsigned: #"{"invite_room_state":\#(state)}"#))
      }
      _ = try invite("first")
      try losePosition(try invite("second"), world)
      try world.member(World.bob, "leave", in: "!a", .init(isOutlier: true))
      #expect(try world.update() == [:])
      #expect(try world.snapshot("!a") == "'@bob:local' 'leave' 1 - 'first' 0 -")
    }
  }
}
