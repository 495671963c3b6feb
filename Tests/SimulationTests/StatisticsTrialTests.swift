import Foundation
import GradusSQL
import GradusSimulation
import GradusTestSupport
import GradusUpdates
import HomeserverFixtures
import HomeserverSchema
import Gradus
import Testing

/// Statistics computed anew, killed at every statement.
@Suite struct StatisticsTrialTests {
  private static let options = StatisticsOptions(serverName: "local") {
    Date(timeIntervalSince1970: 1_800_000_000)
  }

  @Test(arguments: TestDatabase.availableEngines)
  func roomsAreSafe(_ engine: Engine) async throws {
    try await hold("populate_stats_process_rooms", engine)
  }

  @Test(arguments: TestDatabase.availableEngines)
  func usersAreSafe(_ engine: Engine) async throws {
    try await hold("populate_stats_process_users", engine)
  }

  private func hold(_ name: String, _ engine: Engine) async throws {
    let registry = UpdateRegistry(
      handlers: [RoomStatisticsUpdate(Self.options), UserStatisticsUpdate(Self.options)],
      declarations: [UpdateDeclaration]())
    let report = try await UpdateTrial(
      name, registry: registry, batchSizes: [2, 1000], crashes: 12, prepare: prepare
    ).run(on: engine)
    #expect(report.isSafe, "\(report)")
    #expect(report.kills > 10 && report.kills <= 2 * 12)
  }

  @Sendable private func prepare(_ connection: Connection) throws {
    let tree = try SchemaDefinition(root: Fixtures.packageRoot).tree
    let files = (tree.fullSchemas[86] ?? []) + (try tree.deltas(of: 88, in: tree.databases))
    for file in files where file.applies(to: connection.engine) && !file.path.contains("02_fix") {
      guard case .sql = file.kind else { continue }
      let script = try DeltaScript(file, engine: connection.engine).sql
      // The bookkeeping's own tables are there.
      if script.contains("CREATE TABLE background_updates") { continue }
      try connection.executeScript(script)
    }
    let writer = HomeserverWriter(.v86)
    for room in 1...3 {
      try connection.execute("INSERT INTO users (name) VALUES ($1)", [.text("@u\(room):local")])
      try writer.createRoom(
        connection, name: "Room \(room)", creator: "@u\(room):local",
        members: [("@b:local", .join), ("@c:remote", .invite)])
    }
  }
}
