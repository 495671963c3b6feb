import Foundation
import GradusSQL
import GradusTestSupport
import Testing

@testable import HomeserverSchema

/// The job on worlds made at random, against the reference.
@Suite struct DirectoryRandomTests {
  @Test(arguments: TestDatabase.availableEngines, 1...4)
  func randomWorlds(_ engine: Engine, seed: Int) async throws {
    try await DirectoryWorld.with(engine) { directory in
      var reference = DirectoryReference(serverName: "local")
      if seed % 2 == 0 {
        reference.senders = ["@u3:local"]
        reference.namespaces = ["@u7"]
        directory.settings = DirectorySettings(
          serverName: "local",
          exclusions: try DirectoryExclusions(senders: ["@u3:local"], patterns: ["@u7.*"]))
      }
      var random = SplitMix(seed: UInt64(seed))
      try Self.fill(directory, &random)
      let expected = try reference.lines(directory.connection)
      #expect(expected.count > 200)
      for size in [1, 13, 1000] {
        try directory.regenerate(size: size)
        expectEqual(try DirectoryDump.lines(directory.connection), expected)
      }
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func sampleDatabase(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { place in
      let session = try await place.open()
      try await session.run { try ExampleSchema.create(upTo: 86, on: $0) }
      try await SampleDatabase(seed: 3, rooms: 60, memberships: 600, users: 100).fill(session)
      try await session.run { connection in
        // A third of the users get a name of their own, and some rooms are open to all.
        try connection.execute(
          "UPDATE room_memberships SET display_name = 'Name of ' || user_id WHERE user_id LIKE '%3:%'")
        let settings = DirectorySettings(serverName: "example.org")
        let expected = try DirectoryReference(serverName: "example.org").lines(connection)
        #expect(!expected.isEmpty)
        try DirectoryJob.run(settings, size: 200, on: connection)
        expectEqual(try DirectoryDump.lines(connection), expected)
      }
    }
  }

  private static let names: [String?] = [
    nil, "", "Bob", "Bob Smith", "ÉMILE", "Ｆｕｌｌｗｉｄｔｈ", "ﬁne ﬂag", "İstanbul", "Straße", "李 小龍", "a\u{301}",
    "  ", "O'Neil \"x\"",
    "<b>&amp;</b>", "1234", "hs.test/path", "👩‍👩‍👧",
  ]

  private static func fill(_ directory: DirectoryWorld, _ random: inout SplitMix) throws {
    let locals = (0..<20).map { "@u\($0):local" }
    let remotes =
      (0..<12).map { "@r\($0):far.example:8448" } + ["@weird:notlocal", "@a:b:local", "@:empty", "@UP:far"]
    for (number, user) in locals.enumerated() where number != 9 {
      try directory.user(
        user, type: number % 6 == 5 ? "support" : number % 6 == 4 ? "bot" : nil,
        deactivated: number % 7 == 6 ? 1 : 0)
      if random.chance(70) {
        try directory.profile(
          user, names[random.below(names.count)], avatar: random.chance(50) ? "mxc://a/b" : nil)
      }
    }
    let rules: [String?] = [nil, #""public""#, #""invite""#, #""knock""#, "7", #""PUBLIC""#]
    let visibilities: [String?] = [nil, nil, #""world_readable""#, #""shared""#, "null"]
    for number in 0..<25 {
      let room = "!\(random.below(1000))-\(number):local"
      var storage = World.Storage()
      if random.chance(10) { storage.isRejected = true }
      if random.chance(10) { storage.json = "not JSON" }
      try directory.room(
        room, [], joinRule: rules[random.below(rules.count)],
        visibility: visibilities[random.below(visibilities.count)], filler: random.below(6), storage: storage)
      let pool = random.chance(20) ? remotes : locals + remotes
      for user in pool where random.chance(25) {
        try directory.member(
          user, in: room, names[random.below(names.count)],
          avatar: random.chance(30) ? "mxc://r/\(number)" : nil,
          random.chance(80) ? "join" : ["leave", "invite", "ban"][random.below(3)])
      }
    }
    for user in ["@r1:far.example:8448", "@nobody:far"] {
      try directory.connection.execute(
        "INSERT INTO user_directory_stale_remote_users VALUES ($1, 'far', 0, 0)", [.text(user)])
    }
  }
}
