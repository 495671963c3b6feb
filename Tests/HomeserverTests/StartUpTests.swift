import Gradus
import GradusSQL
import GradusTestSupport
import Testing

@testable import HomeserverSchema

/// What a start finds stale after an older version has written, and what it queues: as the homeserver's own start does.
@Suite struct StartUpTests {
  private static let joined = JoinedRoomsUpdate().name
  private static let prefill = PrefillJoinedRoomsUpdate().name
  private static let snapshots = MembershipSnapshotsUpdate().name

  /// A server of version 87 whose updates are done. It has no guards, so that all is left to the start.
  private static func with(
    _ engine: Engine, _ fill: @Sendable (World) throws -> Void, _ body: (ExampleServer) async throws -> Void
  ) async throws {
    try await TestDatabase.withDatabase(engine) { place in
      var server = try await ExampleServer(place)
      server.schema = server.schema.withoutGuards
      try await server.start(86)
      try await server.session.transaction { connection in try fill(World(filling: connection)) }
      try await server.start(87)
      try await server.update()
      try await body(server)
    }
  }

  /// The queue: name, progress, dependency and ordering.
  private static func queue(_ server: ExampleServer) async throws -> [String] {
    try await server.session.run { connection in
      try connection.query(
        "SELECT update_name, progress_json, depends_on, ordering FROM background_updates ORDER BY update_name"
      ).map { row -> String in
        let (name, progress, ordering) = (try row.text(0), try row.text(1), try row.integer(3))
        return "\(name) \(progress) \(row[2].text ?? "-") \(ordering)"
      }
    }
  }

  private static func texts(_ server: ExampleServer, _ sql: String) async throws -> [String] {
    try await server.session.run { connection in try connection.query(sql).map { try $0.text(0) } }
  }

  @Test(arguments: TestDatabase.availableEngines, [nil, "invite", "join"] as [String?])
  func emptyTablesAreFilledFromTheBeginning(_ engine: Engine, membership: String?) async throws {
    try await Self.with(engine) { world in
      try world.room("!a")
      try world.state(.create, in: "!a")
      if let membership { try world.member(World.bob, membership, in: "!a") }
    } _: { server in
      try await server.session.transaction { connection in
        for table in [SlidingSyncTable.joinedRooms, SlidingSyncTable.snapshots, "gradus_watermarks"] {
          try connection.execute("DELETE FROM \(table)")
        }
      }
      try await server.start(87)
      let all = [
        "\(Self.joined) {} \(Self.prefill) 0", "\(Self.snapshots) {} - 0", "\(Self.prefill) {} - 0",
      ]
      // Where nobody is joined there is no row of a joined room.
      let expected = membership == "join" ? all : membership == nil ? [] : [all[1]]
      #expect(try await Self.queue(server) == expected)
    }
  }

  /// Any event behind the tables' newest position makes its room stale, one that readers are not given and one of a room
  /// without a row too; of memberships those with a position do.
  @Test(arguments: TestDatabase.availableEngines)
  func whatIsStale(_ engine: Engine) async throws {
    let rooms = ["!calm", "!invited", "!message", "!outlier", "!rejected", "!unplaced"]
    try await Self.with(engine) { world in
      for room in rooms {
        try world.room(room)
        try world.state(.create, in: room)
        try world.member(World.bob, room == "!invited" ? "invite" : "join", in: room)
      }
    } _: { server in
      try await server.session.transaction { connection in
        let world = World(filling: connection)
        try world.event("m.room.message", in: "!message", .init(position: 500))
        try world.event("m.room.message", in: "!outlier", .init(isOutlier: true))
        try world.event("m.room.message", in: "!rejected", .init(isRejected: true))
        try world.event("m.room.message", in: "!invited")
        // `rooms` does not have it, so that it cannot be queued.
        try world.event("m.room.message", in: "!missing")
        try world.member(World.alice, "join", in: "!message")
        try world.member(World.bob, "leave", in: "!outlier")
        let unplaced = try world.member(World.bob, "ban", in: "!unplaced")
        try connection.execute(
          "UPDATE local_current_membership SET event_stream_ordering = NULL WHERE event_id = $1",
          [.text(unplaced)])
      }
      try await server.start(87)
      let queued = try await Self.texts(
        server, "SELECT room_id FROM sliding_sync_joined_rooms_to_recalculate ORDER BY room_id")
      #expect(queued == ["!invited", "!message", "!outlier", "!rejected", "!unplaced"])
      let joined = try await Self.texts(
        server, "SELECT room_id FROM sliding_sync_joined_rooms ORDER BY room_id")
      #expect(joined == ["!calm"])
      let snapshots = try await Self.texts(
        server, "SELECT room_id FROM sliding_sync_membership_snapshots ORDER BY room_id, user_id")
      #expect(snapshots == ["!calm", "!invited", "!message", "!rejected", "!unplaced"])
      // Of six rooms with two events each, the first at 100, the last is at 111.
      let progress = #"{"initial_phase":false,"last_event_stream_ordering":111}"#
      #expect(
        try await Self.queue(server) == ["\(Self.joined) {} - 0", "\(Self.snapshots) \(progress) - 0"])
      #expect(try await server.start(87) == [])
    }
  }

  /// What is queued keeps its place and progress.
  @Test(arguments: TestDatabase.availableEngines)
  func queuedUpdatesStay(_ engine: Engine) async throws {
    let progress =
      #"{"initial_phase": true, "last_room_id": "!a", "last_user_id": "@b", "last_event_stream_ordering": 7}"#
    try await Self.with(engine) { world in
      try world.room("!a")
      try world.state(.create, in: "!a")
      try world.member(World.bob, "join", in: "!a")
    } _: { server in
      try await server.session.transaction { connection in
        try World(filling: connection).member(World.bob, "invite", in: "!a", .init(position: 500))
        try connection.execute(
          """
          INSERT INTO background_updates (update_name, progress_json, depends_on, ordering)
          VALUES ($1, '{}', $2, 8701), ($3, $4, NULL, 8701)
          """, [.text(Self.joined), .text(Self.prefill), .text(Self.snapshots), .text(progress)])
      }
      try await server.start(87)
      for table in [SlidingSyncTable.joinedRooms, SlidingSyncTable.snapshots] {
        #expect(try await Self.texts(server, "SELECT room_id FROM \(table)") == [], "\(table)")
      }
      #expect(
        try await Self.queue(server) == [
          "\(Self.joined) {} \(Self.prefill) 8701", "\(Self.snapshots) \(progress) - 8701",
        ])
    }
  }
}
