import Foundation
import GradusSQL
import GradusTestSupport
import Testing

@testable import HomeserverSchema

/// Which rooms are counted, what, and up to which position.
@Suite struct RoomStatisticsTests {
  @Test(arguments: TestDatabase.availableEngines)
  func countsMemberships(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      try world.room("!r")
      try world.current("m.room.create", in: "!r")
      let members: [(String, String?)] = [
        ("@a:local", "join"), ("@b:local", "invite"), ("@c:remote", "join"), ("@d:local", "leave"),
        ("@e:local", "ban"), ("@f:local", "knock"), ("@g:local", nil), ("@h:local", "odd"),
        ("@i:notlocal", "join"), ("@j:x:local", "join"), ("local", "join"), ("@k:local:8448", "join"),
      ]
      for (user, membership) in members { try world.currentMember(user, membership, in: "!r") }
      try world.countRooms()
      let row = try world.connection.queryRow(
        """
        SELECT current_state_events, joined_members, invited_members, left_members, banned_members, knocked_members,
          local_users_in_room
        FROM room_stats_current
        """)
      #expect(row?.values.map(\.integer) == [13, 6, 1, 1, 1, 1, 1])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func theServersNameComesFromItsUsers(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      try world.room("!r")
      try world.currentMember("@a:local", "join", in: "!r")
      try world.currentMember("@c:remote", "join", in: "!r")
      try world.countRooms(StatisticsOptions())
      #expect(try world.counted("local_users_in_room", in: "!r") == 0)
      try world.user(nil)
      try world.user("no-colon")
      try world.user("@z:remote")
      try world.countRooms(StatisticsOptions())
      #expect(try world.counted("local_users_in_room", in: "!r") == 1)
      try world.countRooms(StatisticsOptions(serverName: "elsewhere"))
      #expect(try world.counted("local_users_in_room", in: "!r") == 0)
    }
  }

  /// Ranges are cut by the rooms that the server knows; of each room with a state somebody makes the row.
  @Test(arguments: TestDatabase.availableEngines, [1, 3])
  func ranges(_ engine: Engine, size: Int) async throws {
    try await World.with(engine) { world in
      for room in ["!a", "!b", "!left", "!z"] { try world.room(room) }
      let counted = ["!0", "!a", "!b", "!d", "!z", "!zz", "!zzz"]
      for room in counted { try world.currentMember("@a:local", "join", in: room) }
      func ends(_ options: StatisticsOptions = StatisticsOptions()) throws -> [String] {
        try UpdateLoop.runRanges(
          of: RoomStatisticsUpdate(options), from: #"{"only_missing":true}"#, rows: 3, size: size,
          on: world.connection)
      }
      #expect(try ends(StatisticsOptions(isEnabled: false)) == [])
      #expect(
        try ends()
          == ["!left", "!z", "!zzz"].map { #"{"last_room_id":"\#($0)","only_missing":true}"# })
      let rows = try world.connection.query("SELECT room_id FROM room_stats_current ORDER BY room_id")
      #expect(try rows.map { try $0.text(0) } == counted)
      // Those that have a row are left as they are, in a range as in the whole.
      try world.connection.execute("UPDATE room_stats_current SET joined_members = 9 WHERE room_id = '!b'")
      #expect(try ends().count == 3)
      #expect(try world.counted("joined_members", in: "!b") == 9)
    }
  }

  /// What can be wrong with a room, and whether it has rows in the end.
  @Test(arguments: TestDatabase.availableEngines)
  func unreadableRooms(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      // No version: whoever asks for its state fails as a whole.
      try world.room("!no-version", version: nil)
      try world.current("m.room.name", in: "!no-version", content: #"{"name":"a"}"#)
      // The same, but nobody asks for anything.
      try world.room("!only-members", version: nil)
      try world.currentMember("@a:local", "join", in: "!only-members")
      try world.current("m.room.name", in: "!not-in-rooms", content: #"{"name":"a"}"#)
      try world.room("!unknown-version", version: "99")
      try world.current("m.room.name", in: "!unknown-version", content: #"{"name":"a"}"#)
      try world.room("!unreadable-create")
      try world.current(
        "m.room.create", in: "!unreadable-create", content: "", World.Storage(json: #"{"content":"#))
      try world.current("m.room.name", in: "!unreadable-create", content: #"{"name":"a"}"#)
      try world.room("!rejected")
      try world.current(
        "m.room.name", in: "!rejected", content: #"{"name":"a"}"#, World.Storage(isRejected: true))
      try world.room("!event-missing")
      try world.makeCurrent("$nowhere", "m.room.name", in: "!event-missing")
      try world.connection.execute(
        """
        INSERT INTO room_stats_current VALUES ('!no-version', 1, 2, 3, 4, 5, 6, 7, 8), ('!left', 1, 2, 3, 4, 5, 6, 7, 8)
        """)

      let outcome = try world.countRooms(size: 2)
      #expect(outcome.scanned == 7)
      #expect(outcome.written == 5)
      #expect(
        outcome.skipped == [
          "event of a room without a version": 2, "event unparsable": 1,
        ])
      let names = try world.connection.query("SELECT room_id, name FROM room_stats_state ORDER BY room_id")
        .map {
          [$0[0].text, $0[1].text]
        }
      #expect(
        names == [
          ["!event-missing", nil], ["!only-members", nil], ["!rejected", nil], ["!unknown-version", nil],
          ["!unreadable-create", "a"],
        ])
      // What is skipped stays as it was, and so does a room that all have left.
      #expect(try world.counted("joined_members", in: "!no-version") == 2)
      #expect(try world.counted("joined_members", in: "!left") == 2)
      #expect(try world.described("is_federatable", of: "!unreadable-create")?.boolean == true)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func progress(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      for room in ["!a", "!b\"é", "!c"] {
        try world.room(room)
        try world.currentMember("@\(room):local", "join", in: room)
      }
      let outcome = try world.countRooms(from: #"{"other": [1.0, {"x": null}]}"#, size: 1)
      #expect(
        outcome.progress == [
          #"{"other": [1.0, {"x": null}]}"#, #"{"last_room_id":"!a","other":[1.0,{"x":null}]}"#,
          #"{"last_room_id":"!b\"\u00e9","other":[1.0,{"x":null}]}"#,
          #"{"last_room_id":"!c","other":[1.0,{"x":null}]}"#,
        ])
      // Goes on where another program stopped.
      try world.connection.execute("DELETE FROM room_stats_current")
      #expect(try world.countRooms(from: #"{"last_room_id": "!b"}"#).written == 2)
      #expect(try world.countRooms(from: #"{"last_room_id": null, "only_missing": true}"#).written == 1)
      for json in [#"{"last_room_id":5}"#, "[]"] {
        #expect(throws: (any Error).self) { try StatisticsProgress(json: json) }
      }
      #expect(try world.countRooms(StatisticsOptions(isEnabled: false)).scanned == 0)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func onlyMissingOnesAreComputedWhereThatIsAsked(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      for room in ["!a", "!b", "!c"] {
        try world.room(room)
        try world.currentMember("@\(room):local", "join", in: room)
      }
      try world.connection.execute(
        """
        INSERT INTO room_stats_current VALUES ('!a', 9, 9, 9, 9, 9, 9, 9, 9), ('!b', 9, 9, 9, 9, 9, 9, 9, 9)
        """)
      try world.connection.execute("INSERT INTO room_stats_state (room_id) VALUES ('!a')")
      let outcome = try world.countRooms(from: StatisticsProgress.initial(onlyMissing: true), size: 2)
      #expect(outcome.scanned == 3)
      #expect(outcome.written == 2)
      #expect(try world.counted("joined_members", in: "!a") == 9)
      #expect(try world.counted("joined_members", in: "!b") == 1)
    }
  }

  /// A row must not claim positions that somebody may still be storing.
  @Test(arguments: TestDatabase.availableEngines)
  func positions(_ engine: Engine) async throws {
    let now = Date(timeIntervalSince1970: 1_800_000_000)
    let options = StatisticsOptions(serverName: "local") { now }
    try await World.with(engine) { world in
      func received(_ position: Int64, secondsAgo: Int64) throws {
        try world.connection.execute(
          "UPDATE events SET received_ts = $1 WHERE stream_ordering = $2",
          [.integer((1_800_000_000 - secondsAgo) * 1000), .integer(position)])
      }
      for room in ["!a", "!b", "!c"] { try world.room(room) }
      try world.current("m.room.name", in: "!a", World.Storage(position: 100))
      try world.current("m.room.name", in: "!b", World.Storage(position: 101))
      try world.current("m.room.name", in: "!c", World.Storage(position: 110))
      func positions() throws -> [Int64?] {
        try world.countRooms(options)
        return try ["!a", "!b", "!c"].map { try world.counted("completed_delta_stream_id", in: $0) }
      }
      // Quiet: all that is stored is settled.
      #expect(try positions() == [110, 110, 110])
      try world.delta(112, in: "!a")
      #expect(try positions() == [112, 112, 112])
      // Events of this minute: of others' positions below them some may be on their way, but not of the room itself.
      try received(110, secondsAgo: 59)
      #expect(try positions() == [112, 101, 110])
      try received(101, secondsAgo: 5)
      #expect(try positions() == [112, 101, 110])
      try received(100, secondsAgo: 1)
      #expect(try positions() == [112, 101, 110])
      try world.event("m.room.message", in: "!b", World.Storage(position: 120))
      try received(120, secondsAgo: 0)
      #expect(try positions() == [112, 120, 110])
      for position in [100, 101, 110, 120] as [Int64] { try received(position, secondsAgo: 60) }
      #expect(try positions() == [120, 120, 120])
      // Of a clock that was wrong.
      try received(120, secondsAgo: -100_000)
      #expect(try positions() == [120, 120, 120])
    }
  }
}
