import Gradus
import GradusSQL
import GradusTestSupport
import Logging
import Testing

@testable import GradusUpdates

/// What one worker reads of its database's health, and tells others.
@Suite struct WorkerHealthTests {
  private let clock = ManualClock()

  private func worker(_ limits: [HealthSignal: Double]) -> WorkerHealth {
    let (clock, start) = (clock, ContinuousClock.now)
    return WorkerHealth(
      UpdateOptions(health: HealthLimits(limits)), latency: nil, worker: "any",
      now: { start + clock.now.offset })
  }

  /// A session whose health cannot be read.
  private func unreadable(_ place: TestDatabase) async throws -> Session {
    let reading = place.engine == .sqlite ? "wal_checkpoint" : "pg_current_wal_insert_lsn"
    let driver = FailingDriver(
      place.driver, at: reading, times: .max, SQLError(.other, "there is no reading"))
    return try await Session.open(driver)
  }

  /// It may pause as the log is too large, which each write makes larger, and for as long as a reader keeps it so.
  @Test(arguments: TestDatabase.availableEngines)
  func aPauseIsNotWrittenDownEachSecond(engine: Engine) async throws {
    try await Workshop.with(engine) { shop in
      var health = worker([.lockWaiters: 0])
      _ = try await health.check(shop.session, update: "any")
      var writes = 0
      for _ in 0..<60 {
        clock.advance(by: .seconds(1))
        health.lockWaiters = 1
        _ = try await health.check(shop.session, update: "any")
        #expect(health.isPausing)
        let written = try await shop.session.run { try $0.execute("DELETE FROM gradus_workers") }
        writes += written
      }
      #expect(writes == 12)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func whatIsNewIsToldAtOnce(engine: Engine) async throws {
    try await Workshop.with(engine) { shop in
      var health = worker([.lockWaiters: 0])
      for update in ["first", "second", "third"] {
        clock.advance(by: .seconds(1))
        health.lockWaiters = 1
        _ = try await health.check(shop.session, update: update)
      }
      #expect(try await shop.values("SELECT update_name FROM gradus_workers") == [.text("third")])
    }
  }

  /// What was read last, before it could not be read any more, does not hold for ever.
  @Test(arguments: TestDatabase.availableEngines)
  func aPauseEndsWhereHealthCannotBeRead(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { place in
      let session = try await unreadable(place)
      try await session.run { try BookkeepingTables.ensure($0) }
      var health = worker([.lockWaiters: 0, .walSize: 1, .replicationLag: 1])
      health.lockWaiters = 1
      _ = try await health.check(session, update: nil)
      #expect(health.isPausing)
      #expect(health.failure?.message == "there is no reading")
      clock.advance(by: .seconds(1))
      let change = try await health.check(session, update: nil)
      #expect(change == .fine)
    }
  }

  /// It may be so for months.
  @Test(arguments: TestDatabase.availableEngines)
  func thatHealthCannotBeReadIsLoggedOnce(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { place in
      let (session, log) = (try await unreadable(place), TestLog())
      try await session.run { try Numbers.make($0, count: 1) }
      try await session.transaction { try Numbers.queue($0, QueuedUpdate(name: "counting")) }
      let summary = try await UpdateRunner(
        session: session, registry: UpdateRegistry(handlers: [Counting()]),
        options: UpdateOptions(batches: UpdateOptions.fast.batches, healthInterval: .nanoseconds(1)),
        environment: UpdateRunner.Environment(logger: log.logger)
      ).run()
      #expect(summary.completed == ["counting"])
      #expect(log.lines.count { $0.level == .warning } == 1, "\(log.lines)")
    }
  }
}
