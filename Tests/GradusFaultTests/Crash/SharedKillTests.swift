import Foundation
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// Processes that share the queue of a PostgreSQL database and are killed without warning, again and again, come to
/// what one undisturbed process comes to.
@Suite(.serialized) struct SharedKillTests {
  private static let kills = 20

  /// Batches are small, and each waits a little in its transaction, so that the work outlasts the kills however fast the
  /// machine is.
  private static func start(_ number: Int, on shop: Shop) throws -> RunningProgram {
    try shop.start(
      ["updates", "run", "--format", "json", "--workers", number % 2 == 0 ? "2" : "1"])
  }

  /// Keeps three processes at work, kills one after the other, and lets the last one end.
  ///
  /// - Returns: how many were killed before the work was done.
  private func work(on shop: Shop, _ random: inout SeededGenerator) async throws -> Int {
    var programs = try (0..<3).map { try Self.start($0, on: shop) }
    for kill in 0..<Self.kills {
      let victim = Int.random(in: programs.indices, using: &random)
      // At times from its start on, mostly from its first event on.
      if kill % 4 != 0 { try await programs[victim].waitsForOutputOrEnd() }
      try await Task.sleep(for: .milliseconds(Int.random(in: 0...120, using: &random)))
      programs[victim].send(SIGKILL)
      let result = try await programs[victim].result()
      if let code = result.code {
        #expect(code == 0, "seed \(random.seed), after \(kill) kills: \(result)")
        return kill
      }
      // It may have crashed by itself before: that is no kill.
      #expect(result.signal == SIGKILL, "seed \(random.seed), after \(kill) kills: \(result)")
      programs[victim] = try Self.start(kill + 1, on: shop)
    }
    for program in programs.dropLast() {
      program.send(SIGKILL)
      _ = try await program.result()
    }
    let result = try await programs[2].result()
    #expect(result.code == 0, "seed \(random.seed), after all kills: \(result)")
    return Self.kills
  }

  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func updatesRun() async throws {
    var random = SeededGenerator()
    let seed: Comment = "seed \(random.seed)"
    let tree = try TemporarySchema.sharedUpdates()
    try await Shop.with(.postgres, tree) { undisturbed in
      #expect(try await undisturbed.gradus("migrate").code == 0)
      #expect(try await undisturbed.gradus("updates", "run").code == 0)
      let expected = try await DatabaseDump.lines(undisturbed.database, withCircumstances: false)
      try await Shop.with(.postgres, tree) { shop in
        #expect(try await shop.gradus("migrate").code == 0)
        #expect(try await work(on: shop, &random) > 0, "\(seed): the updates are too short for this test")
        let database = shop.database
        #expect(try await database.values("SELECT DISTINCT touched FROM orders") == [1], seed)
        #expect(try await database.values("SELECT DISTINCT touched FROM customers") == [1], seed)
        #expect(try await database.values("SELECT entry FROM log") == ["once"], seed)
        #expect(
          try await database.values("SELECT sum(amount)::bigint FROM totals")
            == database.values("SELECT sum(amount)::bigint FROM orders"), seed)
        #expect(try await database.values("SELECT count(*) FROM background_updates") == [0], seed)
        #expect(try await database.values("SELECT count(*) FROM gradus_update_leases") == [0], seed)
        #expect(
          try await database.values(
            "SELECT update_name || ' ' || scanned FROM gradus_update_certificates ORDER BY update_name")
            == [
              "fill_totals 500", "on_postgres 1", "once 1", "touch_customers 500", "touch_orders 6000",
            ], seed)
        DatabaseDump.expectEqual(
          try await DatabaseDump.lines(database, withCircumstances: false), expected, seed: random.seed)
      }
    }
  }
}
