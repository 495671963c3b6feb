import Foundation
import GradusSQL
import GradusTestSupport
import Testing

@testable import HomeserverSchema

@Suite struct UserStatisticsTests {
  @Test(arguments: TestDatabase.availableEngines)
  func countsUsersOfAllKinds(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      try world.user("@a:local")
      try world.user("@bot:local", type: "bot")
      try world.user("@gone:local", isGone: true)
      try world.user("@guest:local", isGuest: true)
      try world.user("@support:local", type: "support")
      try world.user(nil)
      for room in ["!1", "!2", "!3"] {
        try world.room(room)
        try world.currentMember("@a:local", room == "!3" ? "leave" : "join", in: room)
        try world.currentMember("@bot:local", "join", in: room)
        try world.currentMember("@guest:local", nil, in: room)
        try world.currentMember("@support:local", room == "!2" ? "join" : "ban", in: room)
        try world.currentMember("@c:remote", "join", in: room)
      }
      // The key of other state, as widgets have it.
      try world.current("im.widget", in: "!3", stateKey: "@a:local")
      let outcome = try world.countUsers(size: 2)
      #expect(outcome.scanned == 5)
      #expect(
        outcome.progress == [
          "{}", #"{"last_user_id":"@bot:local"}"#, #"{"last_user_id":"@guest:local"}"#,
          #"{"last_user_id":"@support:local"}"#,
        ])
      #expect(try world.joinedRooms("@a:local") == [2, -1])
      #expect(try world.joinedRooms("@bot:local") == [3, -1])
      #expect(try world.joinedRooms("@gone:local") == [0, -1])
      #expect(try world.joinedRooms("@guest:local") == [0, -1])
      #expect(try world.joinedRooms("@support:local") == [1, -1])
      #expect(try world.joinedRooms("@c:remote") == nil)

      try world.delta(7, in: "!1")
      try world.connection.execute("DELETE FROM user_stats_current WHERE user_id = '@a:local'")
      #expect(try world.countUsers(from: #"{"only_missing":true}"#).written == 1)
      #expect(try world.joinedRooms("@a:local") == [2, 7])
      #expect(try world.joinedRooms("@bot:local") == [3, -1])
      try world.countUsers()
      #expect(try world.joinedRooms("@bot:local") == [3, 7])
      #expect(try world.countUsers(StatisticsOptions(isEnabled: false)).scanned == 0)
    }
  }

  @Test(arguments: TestDatabase.availableEngines, [1, 3])
  func ranges(_ engine: Engine, size: Int) async throws {
    try await World.with(engine) { world in
      for user in ["@a", "@b", "@c", "@d", "@e", nil] { try world.user(user) }
      try world.room("!r")
      try world.currentMember("@d", "join", in: "!r")
      let ends = try UpdateLoop.runRanges(
        of: UserStatisticsUpdate(), rows: 2, size: size, on: world.connection)
      #expect(ends == ["@b", "@d", "@e"].map { #"{"last_user_id":"\#($0)"}"# })
      for user in ["@a", "@b", "@c", "@d", "@e"] {
        #expect(try world.joinedRooms(user)?.first == (user == "@d" ? 1 : 0))
      }
      let none = UserStatisticsUpdate(StatisticsOptions(isEnabled: false))
      #expect(try UpdateLoop.runRanges(of: none, rows: 2, size: size, on: world.connection) == [])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func positionsOfThisMinuteAreNotClaimed(_ engine: Engine) async throws {
    let options = StatisticsOptions { Date(timeIntervalSince1970: 1_800_000_000) }
    try await World.with(engine) { world in
      try world.user("@a:local")
      try world.room("!r")
      for position in [10, 11, 12] as [Int64] {
        try world.event("m.room.message", in: "!r", World.Storage(position: position))
        try world.delta(position, in: "!r")
      }
      try world.connection.execute(
        "UPDATE events SET received_ts = 1799999999000 WHERE stream_ordering > 10")
      try world.countUsers(options)
      #expect(try world.joinedRooms("@a:local") == [0, 10])
    }
  }
}
