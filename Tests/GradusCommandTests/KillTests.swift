import Foundation
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// Processes that are killed without warning, again and again, come to what an undisturbed one comes to.
///
/// On PostgreSQL the server process of a killed program may go on with its statement while the next program starts.
@Suite(.serialized) struct KillTests {
  private static let kills = 15

  /// Runs a command until it gets through, killing it after 0 to 150 ms as often as `kills`: at times from its start
  /// on, mostly from its first event on, as it needs a while to get there.
  ///
  /// - Returns: how often it was killed before its end.
  private func runKilling(_ shop: Shop, _ arguments: [String], _ random: inout SeededGenerator) async throws
    -> Int
  {
    for kill in 0..<Self.kills {
      let program = try shop.start(arguments + ["--format", "json"])
      if kill % 4 != 0 { try await program.waitsForOutputOrEnd() }
      try await Task.sleep(for: .milliseconds(Int.random(in: 0...150, using: &random)))
      program.send(SIGKILL)
      let result = try await program.result()
      guard let code = result.code else { continue }
      #expect(code == 0, "seed \(random.seed), after \(kill) kills: \(result)")
      return kill
    }
    let result = try await shop.start(arguments).result()
    #expect(result.code == 0, "seed \(random.seed), after all kills: \(result)")
    return Self.kills
  }

  /// - Parameter start: the version from which to upgrade; 0 is a new database.
  @Test(arguments: TestDatabase.availableEngines, [0, 1])
  func migrate(engine: Engine, from start: Int) async throws {
    var random = SeededGenerator()
    let tree = try TemporarySchema.manyDeltas()
    // A start that finds a half-filled table of which no newer row was written looks at its source again, and
    // remembers that it did: this record alone depends on the kills.
    func lines(_ database: TestDatabase) async throws -> [String] {
      try await DatabaseDump.lines(database, withCircumstances: false).filter {
        !$0.hasPrefix("gradus_watermarks:")
      }
    }
    try await Shop.with(engine, tree) { undisturbed in
      #expect(try await undisturbed.gradus("migrate").code == 0)
      let expected = try await lines(undisturbed.database)
      #expect(try await undisturbed.database.values("SELECT DISTINCT touched FROM orders") == [1])
      #expect(try await undisturbed.database.values("SELECT count(*) FROM totals") == [2_000])
      try await Shop.with(engine, tree) { shop in
        if start > 0 { try await shop.gradus("migrate", "--to", "\(start)") }
        let kills = try await runKilling(shop, ["migrate", "--lock-timeout", "30"], &random)
        #expect(kills > 0, "seed \(random.seed): the migration is too short for this test")
        DatabaseDump.expectEqual(try await lines(shop.database), expected, seed: random.seed)
        #expect(try await shop.gradus("plan").code == 0)
      }
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func updatesRun(engine: Engine) async throws {
    var random = SeededGenerator()
    let tree = try TemporarySchema.slowUpdates()
    let command = ["updates", "run", "--batch-size", "20", "--batch-duration", "5"]
    try await Shop.with(engine, tree) { undisturbed in
      #expect(try await undisturbed.gradus("migrate").code == 0)
      #expect(try await undisturbed.start(command).result().code == 0)
      let expected = try await DatabaseDump.lines(undisturbed.database, withCircumstances: false)
      #expect(try await undisturbed.database.values("SELECT DISTINCT touched FROM orders") == [1])
      #expect(try await undisturbed.database.values("SELECT count(*) FROM totals") == [2_000])
      try await Shop.with(engine, tree) { shop in
        #expect(try await shop.gradus("migrate").code == 0)
        let kills = try await runKilling(shop, command, &random)
        #expect(kills > 0, "seed \(random.seed): the updates are too short for this test")
        let lines = try await DatabaseDump.lines(shop.database, withCircumstances: false)
        DatabaseDump.expectEqual(lines, expected, seed: random.seed)
      }
    }
  }
}
