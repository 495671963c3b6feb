import Foundation
import Gradus
import GradusSQL
import GradusTestSupport
import Testing

@testable import GradusUpdates

/// What comes while an application's callback lets a batch wait, which may be for hours.
@Suite struct LongWaitTests {
  private let registry = UpdateRegistry(declarations: [Numbers.backfill])

  @Test(arguments: TestDatabase.availableEngines)
  func noBatchStartsOnceTheWindowHasClosed(engine: Engine) async throws {
    try await Workshop.with(engine, numbers: 300, [Numbers.backfill.queueRow]) { (shop) async throws in
      let (batches, hours) = (Counter(), Counter())
      let pacing = UpdatePacing.calling { iteration in if iteration == 3 { hours.increment() } }
      var options = UpdateOptions.fast(5)
      options.windows = TimeWindows(
        [try TimeWindow(parsing: "00:00-01:00")], timeZone: try #require(TimeZone(secondsFromGMT: 0)))
      var runner = try await shop.runner(registry, options, .quiet(pacing)) { event in
        if case .batch = event { batches.increment() }
      }
      runner.date = { Date(timeIntervalSince1970: Double(hours.count) * 3_600) }
      let summary = try await runner.run()
      #expect(batches.count == 2)
      #expect(summary.waiting == ["double": "waits for the next time window"])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func noBatchStartsBeyondALimit(engine: Engine) async throws {
    try await Workshop.with(engine, numbers: 300, [Numbers.backfill.queueRow]) { (shop) async throws in
      let (batches, probe) = (Counter(), LatencyProbe(clock: ManualClock()))
      let pacing = UpdatePacing.calling { iteration in if iteration == 3 { probe.record(.seconds(1)) } }
      var environment = UpdateRunner.Environment.quiet(pacing)
      environment.latency = probe
      let control = environment.control
      var options = UpdateOptions.fast(5)
      options.health = HealthLimits([.latency: 100])
      options.healthInterval = .nanoseconds(1)
      let runner = try await shop.runner(registry, options, environment) { event in
        switch event {
        case .batch: batches.increment()
        case .health(.pause(_)): control.stop()
        default: break
        }
      }
      let summary = try await runner.run()
      #expect(summary.isStopped)
      #expect(batches.count == 2)
    }
  }

  /// Work outside a transaction is not kept from running by the lock of its row.
  @Test(arguments: TestDatabase.availableEngines)
  func anIndexThatHasBeenPausedIsNotBuilt(engine: Engine) async throws {
    let index = UpdateDeclaration(
      name: "index", kind: .index(.init(name: "ix", table: "numbers", columns: ["b"])))
    try await Workshop.with(engine, [index.queueRow]) { (shop) async throws in
      let pacing = UpdatePacing.calling { _ in try await shop.control { try $0.pause("index") } }
      let runner = try await shop.runner(UpdateRegistry(declarations: [index]), .fast, .quiet(pacing))
      let summary = try await runner.run()
      #expect(summary.completed.isEmpty)
      #expect(summary.waiting["index"]?.hasPrefix("paused by ") == true)
    }
  }

  /// Of two workers that wait for longer than a hold lasts, each would lose its own to the other before each batch.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func aHoldOutlastsTheNextWait() async throws {
    try await Workshop.with(.postgres, [QueuedUpdate(name: "counting")]) { (shop) async throws in
      let pacing = UpdatePacing.calling { iteration in
        switch iteration {
        case 1:
          try await Task.sleep(for: .milliseconds(200))
          try await shop.session.run { connection in
            _ = try connection.execute(
              "INSERT INTO numbers (a, b) VALUES ('waited', \(UpdateLeases.now(.postgres)))")
          }
        case 2:
          try await shop.session.run { connection in
            _ = try connection.execute(
              """
              INSERT INTO numbers (a, b)
              SELECT 'held', expires_at FROM gradus_update_leases WHERE update_name = 'counting' AND part = 0
              """)
          }
        default: break
        }
      }
      let options = UpdateOptions(batches: UpdateOptions.fast.batches, leaseDuration: .milliseconds(1))
      let runner = try await shop.runner(
        UpdateRegistry(handlers: [Counting()]), options, .quiet(pacing))
      #expect(try await runner.run().completed == ["counting"])
      let held = try await shop.values(
        "SELECT (SELECT b FROM numbers WHERE a = 'held') - (SELECT b FROM numbers WHERE a = 'waited')")
      #expect(try #require(held.first?.integer) >= 600)
    }
  }

  /// Ranges are for batches of the duration that the application asks for.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func rangesAreCutForTheApplicationsBatches() async throws {
    struct Patient: UpdateScope {
      func enter() async throws -> Int { 3_600_000 }
    }
    try await Workshop.with(.postgres, numbers: 1_000, [Numbers.backfill.queueRow]) { (shop) async throws in
      let (batches, pacing) = (Counter(), UpdatePacing())
      pacing.register(ControllerCallbacks { _, _, _ in Patient() })
      let options = UpdateOptions(batches: BatchOptions(targetDuration: .zero))
      let runner = try await shop.runner(registry, options, .quiet(pacing)) { event in
        if case .batch = event { batches.increment() }
      }
      #expect(try await runner.run().completed == ["double"])
      // Of ranges for the options' there would be one for every four rows.
      #expect(batches.count < 20)
    }
  }
}
