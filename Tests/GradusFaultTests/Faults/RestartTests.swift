import Foundation
import Gradus
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// A server that is restarted in the middle, in order or as by a crash.
@Suite(.serialized, .enabled(if: TestDatabase.availableEngines.contains(.postgres))) struct RestartTests {
  @Test(arguments: [PostgresCluster.Stop.fast, .immediate])
  func inTheMiddle(how: PostgresCluster.Stop) async throws {
    var random = SeededGenerator()
    // With full_page_writes, as a crash is one here.
    let cluster = try await PostgresCluster.start(settings: ["full_page_writes": "on"])
    var life = try Life.short()
    // The server is back only after the run has given up.
    life.options.reconnectTimeout = .milliseconds(500)
    let expected = try await life.expected(.postgres)
    let moments = Moments()
    life.moment = { _ in _ = moments.next() }
    let measured = try await cluster.makeDatabase()
    try await life.run(measured.driver)
    // Behind the last few there may be nothing left that needs the server.
    let last = moments.next() - 4
    // A step or a batch each, from the first delta to the last batch.
    var hits = 0
    for restart in 0..<FaultScale.times(5) {
      let chosen = Int.random(
        in: (restart % 5 * last / 5 + 1)...((restart % 5 + 1) * last / 5), using: &random)
      let database = try await cluster.makeDatabase()
      let id = try #require(cluster.processID)
      life.moment = { if $0 == chosen { kill(id, how == .fast ? SIGINT : SIGQUIT) } }
      let seed: Comment = "seed \(random.seed), moment \(chosen) of \(last)"
      do { try await life.run(database.driver) } catch {
        hits += 1
        #expect("\(error)".contains("hint:"), "\(seed.rawValue): \(error)")
      }
      try await cluster.stop(how)
      try await cluster.start()
      life.moment = { _ in }
      await #expect(throws: Never.self, seed) { try await life.run(database.driver) }
      DatabaseDump.expectEqual(try await Life.result(database), expected, seed: random.seed)
    }
    // The server hands a signal on to its processes when it gets to it: a run that is nearly done may be quicker.
    #expect(hits > 0, "seed \(random.seed)")
    print("restarts: \(how): \(hits) of \(FaultScale.times(5)) runs were cut off, seed \(random.seed)")
  }

  /// Its connection breaks while nothing is under way: the next statement tells, whether it fails in writing, as after a
  /// crash, where the server's last word is still to be read, or in reading.
  @Test(arguments: [PostgresCluster.Stop.fast, .immediate])
  func ofAnIdleConnection(how: PostgresCluster.Stop) async throws {
    let cluster = try await PostgresCluster.start()
    let session = try await Session.open(cluster.makeDatabase().driver)
    try await session.run { _ = try $0.execute("SELECT 1") }
    try await cluster.stop(how)
    let error = await #expect(throws: SQLError.self) {
      try await session.run { _ = try $0.execute("SELECT 1") }
    }
    #expect(error?.code == .connectionLost, "\(how): \(error.map { "\($0)" } ?? "")")
  }
}
