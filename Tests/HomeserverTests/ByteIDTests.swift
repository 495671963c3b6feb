import Foundation
import GradusSQL
import GradusTestSupport
import Testing

@testable import HomeserverSchema

/// Ids that SQLite holds as bytes: no update stops at them. Rooms and users are passed over and counted; an event is as
/// one that is not there.
@Suite(
  .enabled(if: TestDatabase.availableEngines.contains(.sqlite), "needs SQLite"), .timeLimit(.minutes(1)))
struct ByteIDTests {
  private static let reason = SkipReason.idNotText.rawValue

  /// Has SQLite hold an id as bytes in some columns.
  private static func storeAsBytes(_ id: String, _ columns: String..., in world: World) throws {
    for column in columns {
      let parts = column.split(separator: ".")
      let changed = try world.connection.execute(
        "UPDATE \(parts[0]) SET \(parts[1]) = CAST(\(parts[1]) AS BLOB) WHERE \(parts[1]) = $1", [.text(id)])
      #expect(changed > 0, "\(column)")
    }
  }

  private static func count(_ table: String, _ world: World) throws -> Int64? {
    try world.connection.queryRow("SELECT COUNT(*) FROM \(table)")?[0].integer
  }

  /// Of three rooms one has an id that is bytes, and of another one a user.
  private static func fillRooms(_ world: World) throws {
    for room in ["!a", "!b", "!c"] {
      try world.room(room)
      try world.state(.create, in: room)
      try world.member(World.bob, "join", in: room)
    }
    try world.member(World.alice, "join", in: "!a")
    try storeAsBytes(
      "!b", "rooms.room_id", "events.room_id", "current_state_events.room_id",
      "local_current_membership.room_id", in: world)
    try storeAsBytes(World.alice, "local_current_membership.user_id", in: world)
  }

  @Test(arguments: [1, 100])
  func roomsAndUsers(size: Int) async throws {
    try await World.with(.sqlite) { world in
      try Self.fillRooms(world)
      try world.connection.execute(
        "INSERT INTO sliding_sync_joined_rooms_to_recalculate (room_id) VALUES (CAST('!b' AS BLOB))")
      // Two memberships, a room, and that room in the queue.
      #expect(try world.update(size: size) == [Self.reason: 4])
      for room in ["!a", "!c"] {
        #expect(try world.snapshot(room) == "'@bob:local' 'join' 1 - - 0 -")
        #expect(try world.joined(room) != nil)
      }
      #expect(try Self.count("sliding_sync_membership_snapshots", world) == 2)
      #expect(try Self.count("sliding_sync_joined_rooms", world) == 2)
      #expect(try world.queued() == 0)
    }
  }

  /// Memberships written since phase 1 began are looked at by position.
  @Test(arguments: [1, 100])
  func catchingUp(size: Int) async throws {
    try await World.with(.sqlite) { world in
      try Self.fillRooms(world)
      let outcome = try UpdateLoop.run(
        MembershipSnapshotsUpdate(), from: #"{"initial_phase":false,"last_event_stream_ordering":0}"#,
        size: size, on: world.connection)
      #expect(outcome.scanned == 2 && outcome.written == 2)
      #expect(try world.snapshot("!c") == "'@bob:local' 'join' 1 - - 0 -")
    }
  }

  @Test(arguments: [1, 100])
  func forgottenMemberships(size: Int) async throws {
    try await World.with(.sqlite) { world in
      try world.room("!a")
      try world.state(.create, in: "!a")
      for user in [World.alice, World.bob] { try world.member(user, "join", in: "!a") }
      try world.update()
      try world.connection.execute("UPDATE sliding_sync_membership_snapshots SET forgotten = 1")
      try Self.storeAsBytes(World.alice, "sliding_sync_membership_snapshots.user_id", in: world)
      let outcome = try UpdateLoop.run(FixForgottenUpdate(), size: size, on: world.connection)
      #expect(outcome.skipped == [Self.reason: 1])
      #expect(outcome.scanned == 2 && outcome.written == 1)
    }
  }

  @Test func events() async throws {
    try await World.with(.sqlite) { world in
      // A membership's event; one of the current state; a redaction, which then is none.
      try world.room("!a")
      try world.state(.create, in: "!a")
      let name = try world.state(.name, in: "!a", content: #"{"name":"n"}"#)
      try world.connection.execute(
        "INSERT INTO redactions (event_id, redacts) VALUES (CAST('$gone' AS BLOB), $1)", [.text(name)])
      try world.member(World.bob, "join", in: "!a")
      let joined = try world.member(World.alice, "join", in: "!a")
      try Self.storeAsBytes(
        joined, "events.event_id", "room_memberships.event_id", "local_current_membership.event_id", in: world
      )
      try world.room("!b")
      try world.state(.create, in: "!b")
      let other = try world.state(.name, in: "!b", content: #"{"name":"n"}"#)
      try world.member(World.bob, "join", in: "!b")
      try Self.storeAsBytes(other, "current_state_events.event_id", in: world)
      // One of an earlier state.
      try world.room("!c")
      let create = try world.event("m.room.create", in: "!c", stateKey: "")
      let old = try world.event("m.room.name", in: "!c", stateKey: "", content: #"{"name":"n"}"#)
      let group = try world.group([(.create, create), (.name, old)], in: "!c")
      try world.setGroup(group, of: try world.member(World.bob, "leave", in: "!c"))
      try Self.storeAsBytes(old, "state_groups_state.event_id", in: world)
      // The invite that was refused.
      try world.room("!d")
      let invite = try world.member(
        World.bob, "invite", in: "!d", by: World.remote, isCurrent: false, .init(isOutlier: true))
      try world.member(World.bob, "leave", in: "!d", .init(isOutlier: true))
      try Self.storeAsBytes(invite, "events.event_id", "room_memberships.event_id", in: world)

      #expect(try world.update() == ["membership event missing": 1])
      #expect(try world.snapshot("!a") == "'@bob:local' 'join' 1 - 'n' 0 -")
      #expect(try world.snapshot("!a", World.alice) == nil)
      #expect(try world.snapshot("!b") == "'@bob:local' 'join' 1 - - 0 -")
      #expect(try world.snapshot("!c") == "'@bob:local' 'leave' 1 - - 0 -")
      #expect(try world.snapshot("!d") == "'@bob:local' 'leave' 0 - - 0 -")
    }
  }

  @Test(arguments: [1, 100])
  func statistics(size: Int) async throws {
    try await World.with(.sqlite) { world in
      for room in ["!a", "!b", "!c"] {
        try world.room(room)
        try world.state(.create, in: room)
        try world.currentMember(World.bob, "join", in: room)
      }
      try world.user(World.bob)
      try world.user(World.alice)
      try Self.storeAsBytes("!b", "current_state_events.room_id", in: world)
      try Self.storeAsBytes(World.alice, "users.name", in: world)
      let rooms = try world.countRooms(size: size)
      #expect(rooms.skipped == [Self.reason: 1] && rooms.scanned == 2 && rooms.written == 2)
      let users = try world.countUsers(size: size)
      #expect(users.skipped == [Self.reason: 1] && users.scanned == 1 && users.written == 1)
      #expect(try Self.count("user_stats_current", world) == 1)
      // A row of statistics.
      try Self.storeAsBytes("!c", "room_stats_current.room_id", "room_stats_slices.room_id", in: world)
      let old = try StatisticsHistory(.rooms).old(at: .max, limit: 10, on: world.connection)
      #expect(old == ["!a"])
      // What is over is collected of the others, one room and one user.
      let collected = try UpdateLoop.run(
        CollectStatisticsUpdate.prepare(StatisticsOptions { .distantFuture }), size: size,
        on: world.connection)
      #expect(collected.skipped == [Self.reason: 1] && collected.written == 2)
      #expect(try Self.count("room_stats_historical", world) == 1)
      // What happens is counted for the text, which is another room.
      var change = RoomStatisticsChange("!c", at: 1)
      change.totalEvents = 1
      let changes = [change]
      try world.connection.transaction { try StatisticsRecorder().record(rooms: changes, on: $0) }
      #expect(try Self.count("room_stats_slices", world) == 3)
    }
  }

  /// The verifier passes over the rooms and users whose ids are bytes, and compares the others.
  @Test func verifiedRoomsAndUsers() async throws {
    try await World.with(.sqlite) { world in
      try Self.fillRooms(world)
      try world.update()
      let report = try world.connection.verify(.complete)
      #expect(report.isRight && report.rowsCompared == 4 && report.rowsRequired == 4, "\(report)")
      // A room and a membership.
      #expect(report.passedOverCount == 2, "\(report)")
      try Self.storeAsBytes(World.bob, "sliding_sync_membership_snapshots.user_id", in: world)
      let damaged = try world.connection.verify(.complete)
      #expect(damaged.missingCount == 2 && damaged.surplusCount == 0, "\(damaged)")
      #expect(damaged.passedOverCount == 4 && "\(damaged)".contains(", 4 passed over"), "\(damaged)")
    }
  }

  /// An event that is referred to by bytes is one that is not there; of a state that does so nothing can be said.
  @Test func verifiedEvents() async throws {
    try await World.with(.sqlite) { world in
      func name(in room: String) throws -> String {
        try world.room(room)
        try world.state(.create, in: room)
        try world.member(World.bob, "join", in: room)
        return try world.state(.name, in: room, content: #"{"name":"n"}"#)
      }
      // A membership.
      _ = try name(in: "!a")
      let joined = try world.member(World.alice, "join", in: "!a")
      try Self.storeAsBytes(
        joined, "events.event_id", "room_memberships.event_id", "local_current_membership.event_id", in: world
      )
      // The current state, and a change of it.
      try Self.storeAsBytes(try name(in: "!b"), "current_state_events.event_id", in: world)
      _ = try name(in: "!c")
      try world.connection.execute(
        """
        INSERT INTO current_state_delta_stream (stream_id, room_id, type, state_key, event_id)
        VALUES (1, '!c', 'm.room.name', '', CAST('$other' AS BLOB))
        """)
      // An earlier state.
      try world.room("!d")
      let create = try world.event("m.room.create", in: "!d", stateKey: "")
      let old = try world.event("m.room.name", in: "!d", stateKey: "", content: #"{"name":"n"}"#)
      let group = try world.group([(.create, create), (.name, old)], in: "!d")
      try world.setGroup(group, of: try world.member(World.bob, "leave", in: "!d"))
      try Self.storeAsBytes(old, "state_groups_state.event_id", in: world)
      // A state event, and what it is redacted by.
      let redacted = try name(in: "!e")
      try world.redact(redacted, in: "!e", by: World.remote)
      try Self.storeAsBytes(
        redacted, "events.event_id", "event_json.event_id", "redactions.redacts", in: world)

      try world.update()
      #expect(try world.snapshot("!d") == "'@bob:local' 'leave' 1 - - 0 -")
      #expect(try world.snapshot("!e") == "'@bob:local' 'join' 1 - - 0 -")
      let report = try world.connection.verify(.complete)
      #expect(report.isRight && report.rowsCompared == 5 && report.rowsRequired == 5, "\(report)")
      #expect(report.passedOverCount == 3, "\(report)")
    }
  }

  @Test(arguments: [1, 100])
  func directory(size: Int) async throws {
    try await DirectoryWorld.with(.sqlite) { directory in
      for user in [World.bob, World.alice] { try directory.user(user) }
      try directory.room("!a", [World.bob, World.remote, "@s:remote"], joinRule: #""public""#)
      try directory.room("!b", [World.bob, "@t:remote"])
      try directory.room("!c", [World.bob])
      try directory.state(
        "join_rules", in: "!c", #"{"join_rule":"public"}"#, World.Storage(id: "$rules"))
      let world = directory.world
      try Self.storeAsBytes(
        World.remote, "current_state_events.state_key", "room_memberships.user_id", in: world)
      try Self.storeAsBytes("!b", "current_state_events.room_id", in: world)
      try Self.storeAsBytes(World.alice, "users.name", in: world)
      try Self.storeAsBytes("$rules", "current_state_events.event_id", in: world)
      let outcomes = try directory.regenerate(size: size)
      // A room and a member.
      #expect(outcomes["populate_user_directory_process_rooms"]?.skipped == [Self.reason: 2])
      #expect(outcomes["populate_user_directory_process_users"]?.skipped == [Self.reason: 1])
      #expect(try directory.rows("public") == ["'@bob:local' '!a'", "'@s:remote' '!a'"])
      #expect(try Self.count("user_directory", world) == 2)
    }
  }

  @Test func signedEvents() async throws {
    try await SignedWorld.with(.sqlite) { signed in
      let damaged = try signed.event()
      let event = try signed.event()
      try Self.storeAsBytes(damaged, "events.event_id", "event_json.event_id", in: signed.world)
      let outcome = try signed.resign()
      #expect(outcome.skipped == [Self.reason: 1])
      #expect(outcome.scanned == 2 && outcome.written == 1)
      #expect(try signed.signers(of: event) == ["ed25519:a_new"])
    }
  }
}
