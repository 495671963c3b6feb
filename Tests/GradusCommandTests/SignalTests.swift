import Foundation
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// Ctrl-C and SIGTERM stop a command between two statements or within one, and nothing is lost.
@Suite struct SignalTests {
  private static let message =
    "stopped; the batch or step under way was rolled back, and a rerun goes on from there"

  @Test(arguments: TestDatabase.availableEngines, [SIGTERM, SIGINT])
  func updatesRunGoesOnAfterwards(engine: Engine, signal: Int32) async throws {
    try await Shop.with(engine, .slowUpdates()) { shop in
      try await shop.gradus("migrate")
      let program = try shop.start(
        [
          "updates", "run", "--format", "json", "--batch-size", "20", "--batch-duration", "5", "--sleep",
          "20",
        ])
      try await program.waits(for: "\"event\":\"batch\"")
      program.send(signal)
      let result = try await program.result()
      #expect(result.code == 130, "\(result)")
      #expect(result.messages.contains("stopped after the batch under way; a rerun goes on"), "\(result)")
      #expect(!result.messages.contains("error"), "\(result)")
      #expect(try await shop.database.values("SELECT count(*) FROM background_updates") == [3])
      let again = try await shop.gradus("updates", "run")
      #expect(again.code == 0, "\(again)")
      #expect(try await shop.database.values("SELECT DISTINCT touched FROM orders") == [1])
      #expect(try await shop.database.values("SELECT count(*) FROM totals") == [2_000])
    }
  }

  @Test(arguments: TestDatabase.availableEngines, [SIGTERM, SIGINT])
  func aLongStatementIsInterrupted(engine: Engine, signal: Int32) async throws {
    try await Shop.with(engine, .endless()) { shop in
      // In a new database deltas share a transaction, and are told of once it is committed.
      try await shop.gradus("migrate", "--to", "1")
      let program = try shop.start(["migrate", "--format", "json"])
      try await program.waits(for: "apply delta/main/2/04_endless.sql")
      try await Task.sleep(for: .milliseconds(100))
      program.send(signal)
      let start = ContinuousClock.now
      let result = try await program.result()
      #expect(result.code == 130, "\(result)")
      #expect(ContinuousClock.now - start < .seconds(20))
      #expect(result.messages.contains(Self.message), "\(result)")
      #expect(try await !DatabaseDump.lines(shop.database).contains { $0.contains("endless") })
      try shop.schema.write("delta/main/2/04_endless.sql", "CREATE TABLE endless (id BIGINT);")
      #expect(try await shop.gradus("migrate").code == 0)
    }
  }
}
