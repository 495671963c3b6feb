import GradusSQL
import GradusSimulation
import GradusTestSupport
import GradusUpdates
import Testing

@testable import HomeserverSchema

/// The whole job, killed at its statements and run again.
@Suite struct DirectoryTrialTests {
  @Test(arguments: TestDatabase.availableEngines)
  func survivesCrashes(_ engine: Engine) async throws {
    let settings = DirectorySettings(serverName: "local")
    let job = try #require(HomeserverJobs.all.first { $0.name == "regenerate_directory" })
    let trial = UpdateTrial(
      job.rows([:]), registry: UpdateRegistry(handlers: DirectoryUpdates.handlers(.success(settings))),
      batchSizes: [1, 1000], crashes: 16
    ) { connection in
      // The schema brings its own.
      try connection.execute("DROP TABLE background_updates")
      let directory = DirectoryWorld(try World(connection))
      for number in 0..<5 { try directory.user("@u\(number):local", deactivated: number == 4 ? 1 : 0) }
      try directory.profile("@u1:local", "One")
      try directory.room("!a", ["@u0:local", "@u1:local", "@r:far", "@u4:local"], filler: 2)
      try directory.room("!b", ["@u1:local", "@u2:local"], joinRule: #""public""#)
      try directory.room("!c", ["@r:far", "@q:far"])
      try directory.room("!d", ["@u2:local"])
      try directory.member("@r:far", in: "!d", "In the smallest")
      // Of an earlier run, and wrong by now.
      try connection.execute("INSERT INTO user_directory (user_id) VALUES ('@left:local')")
      try connection.execute("INSERT INTO user_directory_search (user_id) VALUES ('@left:local')")
      try connection.execute("INSERT INTO users_in_public_rooms VALUES ('@left:local', '!b')")
    }
    let report = try await trial.run(on: engine)
    #expect(report.isSafe, "\(report)")
    #expect(report.kills > 20)
  }
}
