import GradusSQL
import GradusTestSupport
import GradusUpdates
import Testing

@testable import HomeserverSchema

/// How the updates proceed, and the progress that they store.
@Suite struct SnapshotProgressTests {
  @Test(arguments: TestDatabase.availableEngines)
  func storedFormOfEachMoment(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      try world.room("!ä\"/🦀")
      try world.member(World.bob, "invite", in: "!ä\"/🦀")
      let outcome = try UpdateLoop.run(MembershipSnapshotsUpdate(), size: 10, on: world.connection)
      #expect(
        outcome.progress == [
          "{}",
          #"{"initial_phase":true,"last_room_id":"!\u00e4\"/\ud83e\udd80","last_user_id":"@bob:local","#
            + #""last_event_stream_ordering":100}"#,
          #"{"initial_phase":false,"last_event_stream_ordering":100}"#,
        ])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func secondPhaseTakesWhatCameMeanwhile(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      try world.room("!a")
      try world.member(World.bob, "invite", in: "!a", .init(position: 500))
      try world.member(World.alice, "invite", in: "!a", .init(position: 501))
      let outcome = try UpdateLoop.run(
        MembershipSnapshotsUpdate(), from: #"{"initial_phase":false,"last_event_stream_ordering":500}"#,
        size: 1,
        on: world.connection)
      #expect(
        outcome.progress.last
          == #"{"initial_phase":false,"last_room_id":"!a","last_user_id":"@alice:local","last_event_stream_ordering":501}"#
      )
      #expect(try world.snapshot("!a") == nil)
      #expect(try world.snapshot("!a", World.alice) == "'@alice:local' 'invite' 0 - - 0 -")
    }
  }

  /// To find its place amid a large room a batch reads all of it.
  @Test(arguments: TestDatabase.availableEngines)
  func batchesAmidALargeRoomAreNotSmall(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      let connection = world.connection
      for (room, members) in [("!a", 10_000), ("!b", 9)] {
        try world.room(room)
        try connection.execute(
          """
          WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < \(members))
          INSERT INTO local_current_membership (room_id, user_id, event_id, membership)
          SELECT '\(room)', '@' || CAST(i AS TEXT) || ':local', 'none', 'join' FROM numbers
          """)
      }
      func scanned(after user: String, of room: String) throws -> Int {
        let progress = MembershipSnapshotsProgress(
          isInitialPhase: true, last: MembershipKey(roomID: room, userID: user), lastEventStreamOrdering: 0)
        return try connection.transaction { connection in
          try MembershipSnapshotsUpdate().runBatch(progress, size: 1, on: connection).scanned
        }
      }
      #expect(try scanned(after: "", of: "!a") == 1)
      #expect(try scanned(after: "@1:local", of: "!a") == 2_000)
      #expect(try scanned(after: "@1:local", of: "!b") == 1)
      // At its end they have no more of the rooms behind it.
      let lastUsers = try connection.query(
        "SELECT user_id FROM local_current_membership WHERE room_id = '!a' ORDER BY user_id DESC LIMIT 2"
      ).map { try $0.text(0) }
      for user in lastUsers { #expect(try scanned(after: user, of: "!a") == 1) }
    }
  }

  /// A batch may end amid the memberships at one position.
  @Test(arguments: TestDatabase.availableEngines, [false, true])
  func secondPhaseTakesAllOfOnePosition(_ engine: Engine, inRanges: Bool) async throws {
    try await World.with(engine) { world in
      let connection = world.connection
      for room in ["!a", "!b"] { try world.room(room) }
      let memberships = [("!b", World.alice), ("!a", World.bob), ("!a", World.alice), ("!b", World.bob)]
      for (number, (room, user)) in memberships.enumerated() {
        try world.member(user, "invite", in: room, .init(position: 500 + Int64(number)))
      }
      // What keeps the two positions of a membership together was not there at all times.
      if engine == .postgres {
        try connection.execute("ALTER TABLE local_current_membership DISABLE TRIGGER USER")
      }
      try connection.execute(
        "UPDATE local_current_membership SET event_stream_ordering = 501 WHERE event_stream_ordering < 503")
      let start = #"{"initial_phase":false,"last_event_stream_ordering":400}"#
      let amid =
        #"{"initial_phase":false,"last_room_id":"!a","last_user_id":"@alice:local","last_event_stream_ordering":501}"#
      if inRanges {
        // Ranges begin where a worker alone left off.
        let first = try connection.transaction { connection in
          try MembershipSnapshotsUpdate().runBatch(.init(json: start), size: 1, on: connection)
        }
        #expect(first.next?.json == amid)
        #expect(
          try UpdateLoop.runRanges(
            of: MembershipSnapshotsUpdate(), from: amid, rows: 1, size: 1, on: connection) == [
              #"{"initial_phase":false,"last_event_stream_ordering":501}"#,
              #"{"initial_phase":false,"last_event_stream_ordering":503}"#,
            ])
      } else {
        let outcome = try UpdateLoop.run(
          MembershipSnapshotsUpdate(), from: start, size: 1, on: connection)
        #expect(outcome.progress.prefix(2) == [start, amid])
        #expect(outcome.scanned == 4 && outcome.written == 4)
      }
      for (room, user) in memberships { #expect(try world.snapshot(room, user) != nil, "\(room) \(user)") }
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func membershipsWithoutPositionAreFoundInTheFirstPhase(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      try world.room("!a")
      try world.member(World.bob, "invite", in: "!a")
      try world.connection.execute("UPDATE local_current_membership SET event_stream_ordering = NULL")
      try world.update()
      #expect(try world.snapshot("!a") == "'@bob:local' 'invite' 0 - - 0 -")
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func staleSnapshotIsReplaced(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      try world.room("!a")
      try world.state(.create, in: "!a")
      try world.member(World.bob, "invite", in: "!a", by: World.remote, forgotten: 1)
      try world.update()
      #expect(try world.snapshot("!a") == "'@rem:remote' 'invite' 0 - - 0 -")
      try world.member(World.bob, "join", in: "!a")
      try world.update()
      #expect(try world.snapshot("!a") == "'@bob:local' 'join' 1 - - 0 -")
      // A snapshot that is stale and cannot be made anew goes.
      try world.member(World.bob, "leave", in: "!a", .init(isOutlier: false))
      let group = try world.group([], in: "!a")
      let leave = try world.connection.queryRow("SELECT event_id FROM local_current_membership")
      try world.setGroup(group, of: try #require(leave?[0].text))
      try world.update()
      #expect(try world.snapshot("!a") == nil)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func batchIsBoundedWhereNothingIsMissing(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      try world.room("!a")
      for number in 1...10 { try world.member("@\(number):local", "invite", in: "!a") }
      try world.update()
      let outcome = try UpdateLoop.run(MembershipSnapshotsUpdate(), size: 3, on: world.connection)
      #expect(outcome.written == 0)
      #expect(outcome.scanned == 10)
      #expect(outcome.progress.count == 6)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func forgottenFix(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      try world.room("!a")
      try world.member("@1:local", "invite", in: "!a", forgotten: 1)
      try world.member("@2:local", "invite", in: "!a", forgotten: 0)
      try world.member("@3:local", "invite", in: "!a", forgotten: nil)
      try world.update()
      #expect(try forgotten(world) == [1, 0, 0])
      try world.connection.execute("UPDATE sliding_sync_membership_snapshots SET forgotten = 1")
      let outcome = try UpdateLoop.run(FixForgottenUpdate(), size: 2, on: world.connection)
      #expect(try forgotten(world) == [1, 0, 0])
      #expect(outcome.written == 2)
      #expect(
        outcome.progress == [
          "{}", #"{"last_event_stream_ordering":101}"#, #"{"last_event_stream_ordering":102}"#,
        ])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func estimates(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      for room in ["!a", "!b", "!c"] {
        try world.room(room)
        try world.member(World.bob, "invite", in: room)
      }
      let connection = world.connection
      let snapshots = MembershipSnapshotsUpdate()
      #expect(try snapshots.estimateRemaining(.init(json: "{}"), on: connection) == 3)
      let half = #"{"initial_phase":true,"last_room_id":"!a","last_user_id":"@bob:local"}"#
      #expect(try snapshots.estimateRemaining(.init(json: half), on: connection) == 2)
      let second = #"{"initial_phase":false,"last_event_stream_ordering":101}"#
      #expect(try snapshots.estimateRemaining(.init(json: second), on: connection) == 1)
      #expect(try PrefillJoinedRoomsUpdate().estimateRemaining(.init(lastRoomID: "!a"), on: connection) == 2)
      #expect(try JoinedRoomsUpdate().estimateRemaining(NoProgress(), on: connection) == 0)
      try world.update()
      #expect(try FixForgottenUpdate().estimateRemaining(.init(), on: connection) == 3)
    }
  }

  @Test func everyHandlerIsListedOnce() {
    let error = HomeserverError(.notConfigured, "")
    let names = HomeserverUpdates.handlers(of: .failure(error)).map { $0.name }
    #expect(Set(names).count == 14)
    #expect(names.count == 14)
  }

  private func forgotten(_ world: World) throws -> [Int64?] {
    try world.connection.query(
      "SELECT forgotten FROM sliding_sync_membership_snapshots ORDER BY user_id"
    ).map { $0[0].integer }
  }
}
