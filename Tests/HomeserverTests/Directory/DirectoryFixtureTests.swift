import GradusSQL
import GradusTestSupport
import HomeserverFixtures
import Testing

@testable import HomeserverSchema

/// The job on a real homeserver's database, against the reference.
@Suite(.enabled(if: Fixtures.areAvailable, "the fixtures are not there; set GRADUS_FIXTURES"))
struct DirectoryFixtureTests {
  @Test(arguments: TestDatabase.availableEngines, [1, 50, 10_000])
  func regenerates(_ engine: Engine, size: Int) async throws {
    try await FixtureDatabase.with("homeserver-small.sqlite", on: engine) { connection in
      let expected = try DirectoryReference(serverName: "oracle.test").lines(connection)
      // What the server kept live is erased.
      let outcomes = try DirectoryJob.run(
        DirectorySettings(serverName: "oracle.test"), size: size, on: connection)
      expectEqual(try DirectoryDump.lines(connection), expected)
      #expect(try DirectoryDump.stagingTables(connection) == [])
      #expect(outcomes["populate_user_directory_process_rooms"]?.scanned == 1413)
      #expect(outcomes["populate_user_directory_process_users"]?.scanned == 31)
    }
  }
}
