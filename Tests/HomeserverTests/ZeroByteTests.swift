import Foundation
import GradusSQL
import GradusTestSupport
import Testing

@testable import HomeserverSchema

/// SQLite takes ids with U+0000, which its functions for JSON and texts end there: each row is its own all the same.
@Suite(
  .enabled(if: TestDatabase.availableEngines.contains(.sqlite), "needs SQLite"), .timeLimit(.minutes(5)))
struct ZeroByteTests {
  /// Rooms and users with something in the midst of their ids.
  private struct Ids {
    let zero: String
    var rooms: [String] { ["!a", "!a\(zero)b", "!n\(zero)a:x"] }
    var locals: [String] { ["@a:local", "@a\(zero)b:local", World.bob] }
    var remotes: [String] { ["@r:remote", "@r\(zero)s:remote"] }
  }

  private static func join(_ user: String, _ room: String, _ world: World) throws {
    let event = try world.member(user, "join", in: room, isCurrent: user.hasSuffix(":local"))
    try world.connection.execute(
      "UPDATE room_memberships SET display_name = $2 WHERE event_id = $1",
      [.text(event), .text("Name of \(user.replacing("\0", with: "."))")])
    try world.connection.execute(
      """
      INSERT INTO current_state_events (event_id, room_id, type, state_key, membership)
      VALUES ($1, $2, 'm.room.member', $3, 'join')
      """, [.text(event), .text(room), .text(user)])
  }

  private static func fill(_ ids: Ids, _ world: World) throws {
    for (number, room) in ids.rooms.enumerated() {
      try world.room(room)
      try world.state(.create, in: room)
      try world.state(.name, in: room, content: #"{"name":"\#(number)"}"#)
      if number == 1 {
        try world.current("m.room.join_rules", in: room, content: #"{"join_rule":"public"}"#)
      }
      for user in ids.locals + ids.remotes { try join(user, room, world) }
      let create = try world.event("m.room.create", in: room, stateKey: "")
      let left = room + "left"
      try world.room(left)
      let group = try world.group([(.create, create)], in: left)
      try world.setGroup(group, of: try world.member(ids.locals[1], "leave", in: left))
      try world.room(room + "invited")
      try world.member(
        ids.locals[1], "invite", in: room + "invited", by: ids.remotes[1], isCurrent: false,
        .init(
          isOutlier: true,
          unsigned: """
            {"invite_room_state":[
              {"type":"m.room.create","state_key":"","sender":"@r:r","content":{"type":"\(number)"}}]}
            """))
      try world.member(ids.locals[1], "leave", in: room + "invited", .init(isOutlier: true))
    }
    for user in ids.locals {
      try world.user(user)
      try world.connection.execute(
        "INSERT INTO profiles (user_id, displayname, full_user_id) VALUES ($1, $2, $1)",
        [.text(user), .text("Local \(user.replacing("\0", with: "."))")])
    }
  }

  private static let tables = [
    "sliding_sync_joined_rooms", "sliding_sync_membership_snapshots",
    "sliding_sync_joined_rooms_to_recalculate", "room_stats_current", "room_stats_state",
    "user_stats_current",
    "room_stats_historical", "user_stats_historical", "user_directory", "user_directory_search",
    "users_in_public_rooms", "users_who_share_private_rooms",
  ]

  /// The derived rows of a server whose ids have a text in their midst, with a point in its place.
  private func rows(_ zero: String, size: Int) async throws -> [String] {
    try await TestDatabase.withDatabase(.sqlite) { database in
      let session = try await database.open()
      return try await session.run { connection in
        let world = try World(connection)
        try Self.fill(Ids(zero: zero), world)
        #expect(try world.update(size: size) == [:])
        // Twice, so that the first ones go into the history.
        for time in [1_000.0, 100_000] {
          let options = StatisticsOptions(serverName: "local", bucketSize: 1000) {
            Date(timeIntervalSince1970: time)
          }
          try world.countRooms(options, size: size)
          try world.countUsers(options, size: size)
        }
        try DirectoryJob.run(DirectorySettings(serverName: "local"), size: size, on: connection)
        return try Self.tables.flatMap { table in
          try connection.query("SELECT * FROM \(table)").map { row in
            let values = row.values.map { $0.text ?? $0.integer.map { String($0) } ?? "-" }
            return "\(table) \(values.joined(separator: " "))".replacing(zero, with: ".")
          }.sorted()
        }
      }
    }
  }

  @Test(arguments: [1, 2, 100])
  func idsWithZerosAreIdsLikeOthers(_ size: Int) async throws {
    let found = try await rows("\0", size: size)
    let usual = try await rows(".", size: size)
    #expect(found == usual)
    func count(_ table: String) -> Int { found.filter { $0.hasPrefix(table + " ") }.count }
    #expect(count("sliding_sync_joined_rooms") == 3)
    #expect(count("sliding_sync_membership_snapshots") == 15)
    #expect(count("sliding_sync_joined_rooms_to_recalculate") == 0)
    #expect(count("room_stats_historical") == 3 && count("user_stats_historical") == 3)
    #expect(count("user_directory") == 5 && count("users_in_public_rooms") == 5)
  }

  @Test func theLaterVersionStarts() async throws {
    try await TestDatabase.withDatabase(.sqlite) { place in
      let homeserver = try await ExampleServer(place)
      try await homeserver.start(86)
      let ids = Ids(zero: "\0")
      try await homeserver.session.transaction { connection in
        let world = World(filling: connection)
        for room in ids.rooms {
          try world.room(room)
          try world.state(.create, in: room)
          try world.state(.name, in: room, content: #"{"name":"n"}"#)
          for user in ids.locals { try Self.join(user, room, world) }
        }
      }
      let steps = try await homeserver.start(88)
      #expect(steps.contains("complete_updates"))
      try await homeserver.expectRight(.complete)
      let counts = try await homeserver.session.run { connection in
        try connection.queryRow(
          """
          SELECT (SELECT count(*) FROM sliding_sync_joined_rooms),
            (SELECT count(*) FROM sliding_sync_membership_snapshots),
            (SELECT count(*) FROM sliding_sync_joined_rooms_to_recalculate)
          """)
      }
      #expect(counts?.values == [3, 9, 0])
    }
  }

  /// What stands for U+0000 in JSON is found nowhere else.
  @Test func marksAreUnmistakable() async throws {
    let texts = [
      "a\0b", "\u{1}", "\u{1}0", "\u{1}00\0", "\0\u{1}0\00", "\0", "\0\0", "", "0", "\u{1}\u{1}0\0",
      "é\u{301}\0🦀",
    ]
    try await TestDatabase.withDatabase(.sqlite) { database in
      let session = try await database.open()
      try await session.run { connection in
        func bytes(_ texts: [String]) -> [[UInt8]] { texts.map { Array($0.utf8) } }
        let single = try connection.query(over: .texts("t", texts, isNumbered: true)) { source in
          "SELECT k.t FROM \(source) ORDER BY k.nth"
        }
        #expect(bytes(try single.map { try $0.text(0) }) == bytes(texts))
        let table = BatchTable(
          columns: [("t", .text), ("n", .integer), ("u", .text)],
          rows: texts.map { [.text($0), .integer(7), .null] }, isNumbered: true)
        let double = try connection.query(over: table) { "SELECT k.t, k.n, k.u FROM \($0) ORDER BY k.nth" }
        #expect(bytes(try double.map { try $0.text(0) }) == bytes(texts))
        #expect(double.allSatisfy { $0[1] == 7 && $0[2].isNull })
        try connection.execute("CREATE TABLE texts (t TEXT PRIMARY KEY)")
        for text in texts { try connection.execute("INSERT INTO texts VALUES ($1)", [.text(text)]) }
        let isOne = connection.isOne(of: Array(texts.prefix(4)), parameter: 1)
        #expect(
          try connection.execute("DELETE FROM texts WHERE t \(isOne.condition)", [isOne.value]) == 4)
      }
    }
  }

  /// Rows that stay would be done again in each batch, for ever.
  @Test func roomsThatStayStopTheDirectory() async throws {
    try await DirectoryWorld.with(.sqlite) { directory in
      let connection = directory.connection
      try directory.room("!a", [World.bob])
      let settings = Result<DirectorySettings, any Error>.success(directory.settings)
      _ = try UpdateLoop.run(DirectoryCreateTablesUpdate(settings: settings), size: 10, on: connection)
      try connection.execute(
        """
        CREATE TRIGGER rooms_stay BEFORE DELETE ON \(DirectoryStaging.rooms)
        BEGIN SELECT RAISE(IGNORE); END
        """)
      let error = #expect(throws: HomeserverError.self) {
        try UpdateLoop.run(DirectoryRoomsUpdate(settings: settings), size: 10, on: connection)
      }
      #expect(error?.code == .stagingRowsStay)
    }
  }

  @Test func eventsOfUsersWithZerosAreSigned() async throws {
    try await SignedWorld.with(.sqlite) { world in
      let user = "@a\0b:local"
      let json = try SignedWorld.json(by: #"@a\u0000b:local"#, signedBy: ["local": Keys.first])
      let event = try world.event(by: user, json: json)
      try world.event(by: "@a\0b:remote", json: try SignedWorld.json(by: #"@a\u0000b:remote"#, signedBy: [:]))
      #expect(try world.resign(size: 1).written == 1)
      #expect(try world.signers(of: event) == ["ed25519:a_new"])
    }
  }
}
