import Foundation
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// What `status` says of background updates.
@Suite(.serialized) struct StatusTests {
  /// A worker's row, as a worker that runs for some seconds writes it.
  private func signOn(_ shop: Shop, _ worker: String, seenSecondsAgo seconds: Int64) async throws {
    let now = Int64(Date().timeIntervalSince1970 * 1000) - seconds * 1000
    try await shop.database.execute(
      """
      INSERT INTO gradus_workers (worker, started_at, seen_at, update_name, state, health) VALUES
        ('\(worker)', \(now), \(now), 'touch', 'slowed',
         '[{"signal":"replication_lag_ms","value":8000,"limit":10000}]')
      """)
  }

  @Test(arguments: TestDatabase.availableEngines)
  func workersAreShownWithTheirHealth(engine: Engine) async throws {
    try await Shop.with(engine, .steered()) { shop in
      try await shop.gradus("migrate")
      #expect(try await shop.state()["workers"] as? [[String: String]] == [])
      #expect(try await !shop.gradus("status").output.contains("workers:"))
      // So late that it counts as alive however long the commands take.
      try await signOn(shop, "shop pid 1 on here, worker A", seenSecondsAgo: -50)
      try await signOn(shop, "killed", seenSecondsAgo: 3_600)
      let status = try await shop.gradus("status")
      let line =
        "  workers:\n    shop pid 1 on here, worker A: at touch, slowed (replication_lag_ms 8000 of 10000)\n"
      #expect(status.output.contains(line), "\(status)")
      let workers = try #require(try await shop.state()["workers"] as? [[String: Any]])
      #expect(workers.count == 1)
      let worker = try #require(workers.first)
      #expect(worker["update"] as? String == "touch")
      #expect(worker["state"] as? String == "slowed")
      let health = try #require((worker["health"] as? [[String: Any]])?.first)
      #expect(health["signal"] as? String == "replication_lag_ms")
      #expect(health["value"] as? Double == 8_000)
      #expect(health["limit"] as? Double == 10_000)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func limitsAreShownWithWhatIsMeasured(engine: Engine) async throws {
    try await Shop.with(engine, .steered()) { shop in
      try await shop.gradus("migrate")
      try shop.schema.write(
        "gradus.yaml",
        "background_updates: {health: {latency_ms: 250, wal_size_bytes: 1000000, wal_rate_bytes_per_s: 5000}}\n"
      )
      let health = try #require(try await shop.state()["health"] as? [[String: Any]])
      let signals = health.compactMap { $0["signal"] as? String }
      let status = try await shop.gradus("status").output
      #expect(status.contains("    latency_ms: at most 250\n"), "\(status)")
      switch engine {
      case .sqlite:
        try #require(signals == ["latency_ms", "busy_rate", "wal_size_bytes"])
        #expect(health[2]["limit"] as? Double == 1_000_000)
        #expect(health[2]["value"] as? Double == 0)
        #expect(health[2]["state"] as? String == "running")
        #expect(status.contains("    wal_size_bytes: 0 of 1000000"), "\(status)")
      case .postgres:
        try #require(signals == ["replication_lag_ms", "wal_rate_bytes_per_s", "lock_waiters", "latency_ms"])
        #expect(health[1]["limit"] as? Double == 5_000)
        #expect(health[1]["value"] == nil)
        #expect(status.contains("    wal_rate_bytes_per_s: at most 5000\n"), "\(status)")
      }
      try shop.schema.write("gradus.yaml", "background_updates: {health: off}\n")
      #expect(try await !shop.gradus("status").output.contains("health"))
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aRunningUpdateIsShownWithItsProgress(engine: Engine) async throws {
    try await Shop.with(engine, .steeredAndShown(orders: 3_000)) { shop in
      try await shop.gradus("migrate")
      let program = try shop.start([
        "updates", "run", "touch", "--format", "json", "--sleep", "2000", "--batch-size", "10",
      ])
      try await program.waits(for: "\"event\":\"batch\"")
      // It is there, and does not get on.
      program.send(SIGSTOP)
      let updates = try #require(try await shop.state()["updates"] as? [[String: Any]])
      let touch = try #require(updates.first { $0["name"] as? String == "touch" })
      #expect((touch["fraction"] as? Double).map { $0 > 0 && $0 < 1 } == true, "\(touch)")
      #expect((touch["workers"] as? [String])?.count == 1, "\(touch)")
      let status = try await shop.gradus("status").output
      #expect(status.contains(" %, running (1 worker)\n"), "\(status)")
      let list = try await shop.gradus("updates", "list").output
      #expect(list.contains("  running (1 worker)"), "\(list)")
      program.send(SIGKILL)
      _ = try await program.result()
    }
  }

  /// On SQLite one worker runs at a time: one that was killed is not counted beside it.
  @Test func theWorkerOfAnUpdateIsTheOneThatWasSeenLast() async throws {
    try await Shop.with(.sqlite, .steered()) { shop in
      try await shop.gradus("migrate")
      // So late that both count as alive however long the commands take.
      try await signOn(shop, "killed", seenSecondsAgo: -40)
      try await signOn(shop, "alive", seenSecondsAgo: -50)
      #expect(try await shop.queued("touch")?["workers"] as? [String] == ["alive"])
    }
  }

  @Test func closedWindowsAreShown() async throws {
    try await Shop.with(.sqlite, .steered()) { shop in
      try await shop.gradus("migrate")
      // A window that is open for a minute, half a day away from now.
      let hour = (Int(Date().timeIntervalSince1970) / 3600 + 12) % 24
      try shop.schema.write(
        "gradus.yaml",
        "background_updates: {time_zone: UTC, windows: [\"\(hour):30-\(hour):31\"]}\n")
      #expect(try await shop.gradus("status").output.contains("  time windows: closed until "))
      #expect(try await shop.state()["window_opens_at"] is Int)
      let run = try await shop.gradus("updates", "run", "touch")
      #expect(run.code == 2 && run.output.contains("touch: waits for the next time window"), "\(run)")
      #expect(try await shop.gradus("updates", "run", "touch", "--foreground").code == 0)
    }
  }
}
