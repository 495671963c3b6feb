import Foundation
import GradusSQL
import ProgramTestSupport
import Testing

/// The tests' own servers do what tests of faults rely on.
@Suite struct ClusterTests {
  @Test func standbyFollowsAndIsPromoted() async throws {
    let primary = try await PostgresCluster.start()
    let session = try await primary.open()
    try await session.run { _ = try $0.execute("CREATE TABLE numbers AS SELECT 1 AS n") }
    let standby = try await primary.startStandby()
    try await session.run { _ = try $0.execute("INSERT INTO numbers VALUES (2)") }
    let watcher = try await standby.open()
    while try await watcher.run({ try $0.query("SELECT n FROM numbers").count }) < 2 {
      try await Task.sleep(for: .milliseconds(10))
    }
    let id = try #require(primary.processID)
    try await primary.stop(.immediate)
    #expect(kill(id, 0) != 0)
    try await standby.promote()
    try await watcher.run { _ = try $0.execute("INSERT INTO numbers VALUES (3)") }
    // What was committed before the crash is there again.
    try await primary.start()
    let values = try await primary.open().run {
      try $0.query("SELECT n FROM numbers ORDER BY 1").map { $0[0] }
    }
    #expect(values == [1, 2])
  }

  @Test func goesWithItsObject() async throws {
    var cluster: PostgresCluster? = try await PostgresCluster.start()
    let (id, folder) = (try #require(cluster?.processID), try #require(cluster?.folder))
    cluster = nil
    #expect(kill(id, 0) != 0)
    #expect(!FileManager.default.fileExists(atPath: folder.path))
  }
}
