import GradusSQL
import GradusTestSupport
import Testing

@testable import HomeserverSchema

/// Each rule of the job by itself.
@Suite struct DirectoryRuleTests {
  static let bob = "@bob:local"
  static let eve = "@eve:local"
  static let far = "@far:remote:8448"

  /// A kind of account, and whether it is listed.
  struct Account: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var columns: String?
    var isListed: Bool
  }

  static let accounts = [
    Account(testDescription: "person", columns: "", isListed: true),
    Account(testDescription: "bot", columns: "user_type = 'bot'", isListed: true),
    Account(testDescription: "guest", columns: "is_guest = 1", isListed: true),
    Account(testDescription: "shadow-banned", columns: "shadow_banned = TRUE", isListed: true),
    Account(testDescription: "locked", columns: "locked = TRUE", isListed: true),
    Account(testDescription: "suspended", columns: "suspended = TRUE", isListed: true),
    Account(testDescription: "not approved", columns: "approved = FALSE", isListed: true),
    Account(testDescription: "support", columns: "user_type = 'support'", isListed: false),
    Account(testDescription: "deactivated", columns: "deactivated = 1", isListed: false),
    Account(testDescription: "not in users", columns: nil, isListed: false),
  ]

  @Test(arguments: TestDatabase.availableEngines, accounts)
  func localUsers(_ engine: Engine, _ account: Account) async throws {
    try await DirectoryWorld.with(engine) { directory in
      try directory.user(Self.bob)
      if let columns = account.columns {
        try directory.user(Self.eve)
        if !columns.isEmpty {
          try directory.connection.execute("UPDATE users SET \(columns) WHERE name = $1", [.text(Self.eve)])
        }
      }
      try directory.room("!public", [Self.bob, Self.eve], joinRule: #""public""#)
      try directory.room("!private", [Self.bob, Self.eve])
      try directory.regenerate()
      let isListed = account.isListed
      #expect(try directory.rows("user").count == (isListed ? 2 : 1))
      #expect(try directory.rows("words").count == (isListed ? 2 : 1))
      #expect(try directory.rows("public").count == (isListed ? 2 : 1))
      // Two local users see each other, which is two rows; one sees nobody.
      #expect(try directory.rows("private").count == (isListed ? 2 : 0))
    }
  }

  /// Ids that Swift takes for equal and the database does not.
  @Test(arguments: TestDatabase.availableEngines)
  func aRoomIsNotPublicForAnothersSake(_ engine: Engine) async throws {
    try await DirectoryWorld.with(engine) { directory in
      try directory.user(Self.bob)
      try directory.room("!\u{E9}", [Self.bob, Self.far], joinRule: #""public""#)
      try directory.room("!e\u{301}", [Self.bob, Self.far])
      try directory.regenerate()
      let count = "SELECT COUNT(*) FROM"
      for (table, room, rows) in [
        ("users_in_public_rooms", "!\u{E9}", 2), ("users_in_public_rooms", "!e\u{301}", 0),
        ("users_who_share_private_rooms", "!\u{E9}", 0), ("users_who_share_private_rooms", "!e\u{301}", 1),
      ] as [(String, String, Int64)] {
        let row = try directory.connection.queryRow("\(count) \(table) WHERE room_id = $1", [.text(room)])
        #expect(row?[0].integer == rows, "\(table)")
      }
    }
  }

  /// Exclusions, and whom of bob, `@irc_x:local` and `@as:local` they leave.
  static let exclusions: [(senders: [String], patterns: [String], left: [String])] = [
    ([], [], ["@as:local", "@bob:local", "@irc_x:local"]),
    (["@as:local"], [], ["@bob:local", "@irc_x:local"]),
    ([], ["@irc_.*"], ["@as:local", "@bob:local"]),
    ([], ["@irc_[a-z]:loc"], ["@as:local", "@bob:local"]),  // need not reach the end
    ([], ["irc_.*"], ["@as:local", "@bob:local", "@irc_x:local"]),  // must begin at the beginning
    (["@as:local"], ["(?P<name>@i)rc_", "@nobody"], ["@bob:local"]),
  ]

  @Test(arguments: TestDatabase.availableEngines, 0..<exclusions.count)
  func applicationServices(_ engine: Engine, _ number: Int) async throws {
    let (senders, patterns, left) = Self.exclusions[number]
    try await DirectoryWorld.with(engine) { directory in
      directory.settings = DirectorySettings(
        serverName: "local", exclusions: try DirectoryExclusions(senders: senders, patterns: patterns))
      let users = ["@as:local", Self.bob, "@irc_x:local"]
      for user in users { try directory.user(user) }
      // A user of another server is never left out.
      try directory.room("!r", users + ["@irc_y:remote"], visibility: #""world_readable""#)
      try directory.regenerate()
      #expect(try directory.rows("public") == (left + ["@irc_y:remote"]).sorted().map { "'\($0)' '!r'" })
      #expect(try directory.rows("user").count == left.count + 1)
    }
  }

  /// Nor is another left out whose id Swift takes for the sender's.
  @Test(arguments: TestDatabase.availableEngines)
  func aSenderIsOneUser(_ engine: Engine) async throws {
    try await DirectoryWorld.with(engine) { directory in
      directory.settings = DirectorySettings(
        serverName: "local", exclusions: try DirectoryExclusions(senders: ["@\u{E9}:local"], patterns: []))
      let users = ["@\u{E9}:local", "@e\u{301}:local"]
      for user in users { try directory.user(user) }
      try directory.room("!r", users, joinRule: #""public""#)
      try directory.regenerate()
      for table in ["users_in_public_rooms", "user_directory"] {
        let rows = try directory.connection.query("SELECT user_id FROM \(table)")
        #expect(try rows.map { Array(try $0.text(0).utf8) } == [Array(users[1].utf8)], "\(table)")
      }
    }
  }

  @Test func patternsMustBeRight() {
    #expect(throws: HomeserverError.self) { try DirectoryExclusions(senders: [], patterns: ["(@a"]) }
  }

  /// What makes a room public.
  static let rooms: [(joinRule: String?, visibility: String?, storage: World.Storage, isPublic: Bool)] = [
    (#""public""#, nil, World.Storage(), true), (nil, #""world_readable""#, World.Storage(), true),
    (#""invite""#, #""world_readable""#, World.Storage(), true),
    (#""public""#, #""joined""#, World.Storage(), true),
    (nil, nil, World.Storage(), false), (#""knock""#, #""shared""#, World.Storage(), false),
    (#""restricted""#, nil, World.Storage(), false), (#""PUBLIC""#, nil, World.Storage(), false),
    ("7", "null", World.Storage(), false), (#"["public"]"#, nil, World.Storage(), false),
    (#""public""#, nil, World.Storage(isRejected: true), false),
    (#""public""#, nil, World.Storage(format: 3), false),
    (#""public""#, nil, World.Storage(json: "{"), false),
    (#""public""#, nil, World.Storage(json: #"{"content":"public"}"#), false),
  ]

  @Test(arguments: TestDatabase.availableEngines, 0..<rooms.count)
  func publicRooms(_ engine: Engine, _ number: Int) async throws {
    let room = Self.rooms[number]
    try await DirectoryWorld.with(engine) { directory in
      try directory.user(Self.bob)
      try directory.room(
        "!r", [Self.bob, Self.far], joinRule: room.joinRule, visibility: room.visibility,
        storage: room.storage)
      try directory.regenerate()
      #expect(try directory.rows("public").count == (room.isPublic ? 2 : 0))
      #expect(
        try directory.rows("private") == (room.isPublic ? [] : ["'@bob:local' '@far:remote:8448' '!r'"]))
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func redactedJoinRulesStillCount(_ engine: Engine) async throws {
    try await DirectoryWorld.with(engine) { directory in
      try directory.user(Self.bob)
      try directory.room("!r", [Self.bob], joinRule: #""public""#)
      let row = try directory.connection.queryRow(
        "SELECT event_id FROM current_state_events WHERE type = 'm.room.join_rules'")
      try directory.world.redact(try #require(row?[0].text), in: "!r", by: World.remote)
      try directory.regenerate()
      #expect(try directory.rows("public") == ["'@bob:local' '!r'"])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func roomsWithoutTheServerCountForNothing(_ engine: Engine) async throws {
    try await DirectoryWorld.with(engine) { directory in
      try directory.user(Self.bob)
      try directory.room("!left", [Self.far], joinRule: #""public""#)
      try directory.member(Self.bob, in: "!left", "Bob", "leave")
      try directory.regenerate()
      #expect(try directory.rows("public") == [])
      #expect(try directory.rows("user") == ["'@bob:local' - - -"])
    }
  }

  @Test(arguments: TestDatabase.availableEngines, [1, 100])
  func remoteProfileIsThatOfTheSmallestRoom(_ engine: Engine, size: Int) async throws {
    try await DirectoryWorld.with(engine) { directory in
      try directory.user(Self.bob)
      try directory.profile(Self.bob, "Global Bob", avatar: "mxc://bob")
      for (room, filler, name) in [
        ("!b", 1, "Small"), ("!a", 5, "Large"), ("!c", 3, "Middle"), ("!d", 3, "Tie"),
      ] {
        try directory.room(room, [], filler: filler)
        try directory.member(Self.bob, in: room, "Bob in \(room)")
        try directory.member(Self.far, in: room, name, avatar: "mxc://\(room)")
      }
      // Unequal sizes decide; of equal ones the last is that with the smallest id.
      try directory.regenerate(size: size)
      #expect(
        try directory.rows("user") == [
          "'@bob:local' - 'Global Bob' 'mxc://bob'", "'@far:remote:8448' - 'Small' 'mxc://!b'",
        ])
      try directory.connection.execute("DELETE FROM current_state_events WHERE room_id = '!b'")
      try directory.regenerate(size: size)
      #expect(try directory.rows("user").last == "'@far:remote:8448' - 'Middle' 'mxc://!c'")
      #expect(try directory.rows("words").count == 2)
    }
  }

  /// Names, and what is kept and searched of them.
  static let names: [(name: String?, kept: String, value: String, vector: String)] = [
    ("Bob Smith", "'Bob Smith'", "@bob:hs.test bob smith", "'bob':1A,3B 'hs.test':2 'smith':4B"),
    (nil, "-", "@bob:hs.test", "'bob':1A 'hs.test':2"),
    ("", "''", "@bob:hs.test ", "'bob':1A 'hs.test':2"),
    ("ÉMILE Ｗ", "'ÉMILE Ｗ'", "@bob:hs.test émile w", "'bob':1A 'hs.test':2 'w':4B 'émile':3B"),
    ("O'Neil", "'O'Neil'", "@bob:hs.test o'neil", "'bob':1A 'hs.test':2 'neil':4B 'o':3B"),
  ]

  @Test(arguments: TestDatabase.availableEngines, 0..<names.count)
  func words(_ engine: Engine, _ number: Int) async throws {
    let (name, kept, value, vector) = Self.names[number]
    try await DirectoryWorld.with(engine) { directory in
      directory.settings = DirectorySettings(serverName: "hs.test")
      try directory.user("@bob:hs.test")
      try directory.profile("@bob:hs.test", name)
      try directory.regenerate()
      #expect(try directory.rows("user") == ["'@bob:hs.test' - \(kept) -"])
      let words = engine == .sqlite ? value : vector
      #expect(try directory.rows("words") == ["'@bob:hs.test' '\(words)'"])
    }
  }

  /// PostgreSQL cannot hold U+0000.
  @Test func textsWithNULCountAsNone() async throws {
    try await DirectoryWorld.with(.sqlite) { directory in
      try directory.user(Self.bob)
      try directory.profile(Self.bob, "B\0b", avatar: "mxc://\0")
      try directory.room("!r", [Self.bob])
      try directory.member(Self.far, in: "!r", "F\0r", avatar: "mxc://far")
      try directory.regenerate()
      #expect(try directory.rows("user") == ["'@bob:local' - - -", "'@far:remote:8448' - - 'mxc://far'"])
      #expect(
        try directory.rows("words") == ["'@bob:local' '@bob:local'", "'@far:remote:8448' '@far:remote:8448'"])
    }
  }

  @Test(
    arguments: TestDatabase.availableEngines,
    [("a_b", "@x:aXb"), ("a%", "@x:abc"), ("%", "@x:y"), ("h:8448", "@x:8448")])
  func serverNamesAreNoPatterns(_ engine: Engine, _ names: (server: String, remote: String)) async throws {
    try await DirectoryWorld.with(engine) { directory in
      directory.settings = DirectorySettings(serverName: names.server)
      let local = "@x:\(names.server)"
      try directory.user(local)
      try directory.room("!both", [local, names.remote])
      try directory.room("!other", [names.remote, "@z:else"])
      try directory.regenerate()
      #expect(try directory.rows("private") == ["'\(local)' '\(names.remote)' '!both'"])
      #expect(try directory.rows("user").count == 2)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func staleUsersAreOverWithTheirProfiles(_ engine: Engine) async throws {
    try await DirectoryWorld.with(engine) { directory in
      try directory.user(Self.bob)
      try directory.room("!r", [Self.bob, Self.far])
      for user in [Self.far, "@gone:remote"] {
        try directory.connection.execute(
          "INSERT INTO user_directory_stale_remote_users VALUES ($1, 'remote', 0, 0)", [.text(user)])
      }
      try directory.regenerate()
      #expect(try directory.rows("stale") == ["'@gone:remote'"])
    }
  }
}
