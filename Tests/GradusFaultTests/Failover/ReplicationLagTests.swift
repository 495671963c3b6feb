import Foundation
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// A standby that does not keep up holds the backfill back.
@Suite(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
struct ReplicationLagTests {
  @Test func aBackfillWaitsForTheStandby() async throws {
    let pair = try await ReplicatedPair.start(isSynchronous: false)
    let schema = try TemporarySchema.slowUpdates()
    try schema.write(
      "gradus.yaml",
      """
      background_updates:
        min_batch_size: 10
        default_batch_size: 10
        max_batch_size: 20
        health: {replication_lag_ms: 1000, interval_ms: 100}
      """)
    _ = try await pair.primary.makeDatabase("shop")
    let shop = Shop(schema: schema, database: pair.database("shop"))
    try await #require(shop.gradus("migrate").code == 0)
    // At the end of what it lags behind already.
    try await pair.wait(
      "SELECT 1 FROM pg_stat_replication WHERE replay_lsn >= pg_current_wal_insert_lsn()", on: pair.primary)
    try await pair.standby.open().run { _ = try $0.query("SELECT pg_wal_replay_pause()") }

    let run = try shop.start(["updates", "run", "--format", "json"])
    try await run.waits(for: #""state":"paused""#)
    #expect(run.output.contains("replication_lag_ms"), "\(run.output)")
    // The batch under way may still come.
    try await Task.sleep(for: .milliseconds(200))
    let done = try await touched(shop)
    #expect(done < 6000)
    let status = try await shop.gradus("status")
    #expect(status.output.contains("replication_lag_ms"), "\(status)")
    #expect(status.output.contains("paused"), "\(status)")
    try await Task.sleep(for: .seconds(2))
    #expect(try await touched(shop) == done)
    #expect(run.isRunning)

    try await pair.standby.open().run { _ = try $0.query("SELECT pg_wal_replay_resume()") }
    let result = try await run.result()
    #expect(result.code == 0, "\(result)")
    #expect(try await shop.database.values("SELECT count(*) FROM orders WHERE touched = 1") == [6000])
  }

  private func touched(_ shop: Shop) async throws -> Int {
    Int(try await shop.database.values("SELECT count(*) FROM orders WHERE touched > 0")[0].integer ?? 0)
  }
}
