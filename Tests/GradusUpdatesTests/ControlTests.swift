import Foundation
import Gradus
import GradusSQL
import GradusTestSupport
import Testing

@testable import GradusUpdates

@Suite struct ControlTests {
  private let registry = UpdateRegistry(handlers: [Counting()], declarations: [Numbers.backfill])
  private let both = [QueuedUpdate(name: "counting"), QueuedUpdate(name: "double", ordering: 1)]

  @Test(arguments: TestDatabase.availableEngines)
  func aPersistentPauseHoldsForAllProcesses(engine: Engine) async throws {
    try await Workshop.with(engine, numbers: 30, both) { shop in
      try await shop.control { try $0.pause("counting") }
      let summary = try await shop.runner(registry).run()
      #expect(summary.completed == ["double"])
      #expect(summary.waiting["counting"]?.hasPrefix("paused by ") == true)
      try await shop.control { try $0.pause() }
      try await shop.control { try $0.resume("counting") }
      #expect(try await shop.runner(registry).run().waiting["counting"]?.hasPrefix("paused by ") == true)
      try await shop.control { try $0.resume() }
      #expect(try await shop.runner(registry).run().completed == ["counting"])
    }
  }

  /// The batch under way ends, no further one begins, and what was done is kept.
  @Test(arguments: TestDatabase.availableEngines)
  func aPauseTakesEffectWithinABatch(engine: Engine) async throws {
    try await Workshop.with(engine, numbers: 300, [Numbers.backfill.queueRow]) { shop in
      let batches = Counter()
      // As another process would: in the middle of the run.
      let pacing = UpdatePacing.calling { iteration in
        if iteration == 5 { try await shop.control { try $0.pause("double") } }
      }
      let runner = try await shop.runner(registry, .fast(5), .quiet(pacing)) { event in
        if case .batch = event { batches.increment() }
      }
      let summary = try await runner.run()
      #expect(batches.count == 4)
      #expect(summary.waiting["double"]?.hasPrefix("paused by ") == true)
      #expect(try await shop.values("SELECT count(*) FROM numbers WHERE double IS NOT NULL") == [20])
      try await shop.control { try $0.resume("double") }
      #expect(try await shop.runner(registry).run().completed == ["double"])
      #expect(try await shop.session.run { try Numbers.wrong($0) } == 0)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aPauseOfTheProcessIsWaitedOut(engine: Engine) async throws {
    try await Workshop.with(engine, numbers: 30, both) { shop in
      let (events, environment) = (Events(), UpdateRunner.Environment.quiet)
      environment.control.pause()
      #expect(!environment.control.isEnabled)
      let runner = try await shop.runner(registry, .fast, environment, report: events.report)
      async let summary = runner.run(until: .done)
      let reasons = try await events.wait { if case .waiting(let reasons) = $0 { reasons } else { nil } }
      #expect(reasons == ["counting": "paused by this process", "double": "paused by this process"])
      environment.control.resume()
      #expect(try await summary.completed == ["counting", "double"])
      // Without being asked to wait, a run says what remains.
      environment.control.pause("counting")
      try await shop.session.transaction { try Numbers.queue($0, QueuedUpdate(name: "counting")) }
      let idle = try await shop.runner(registry, .fast, environment).run()
      #expect(idle.waiting == ["counting": "paused by this process"])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aStopEndsARunAfterTheBatch(engine: Engine) async throws {
    try await Workshop.with(engine, numbers: 100, [Numbers.backfill.queueRow]) { shop in
      let environment = UpdateRunner.Environment.quiet
      let batches = Counter()
      let events = Events()
      let runner = try await shop.runner(registry, .fast(5), environment) { event in
        events.report(event)
        guard case .batch = event else { return }
        batches.increment()
        if batches.count == 3 { environment.control.stop() }
      }
      let summary = try await runner.run(until: .forever)
      #expect(summary.isStopped)
      #expect(batches.count == 3)
      // On a slow machine batches are smaller.
      let written = events.all.reduce(0) {
        if case .batch(_, let batch) = $1 { $0 + batch.written } else { $0 }
      }
      #expect(
        try await shop.values("SELECT count(*) FROM numbers WHERE double IS NOT NULL") == [SQLValue(written)])
      // Nobody has to wait for a hold to expire.
      #expect(
        try await shop.values("SELECT holder FROM gradus_update_leases WHERE holder IS NOT NULL").isEmpty)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aStopWakesASleepingRun(engine: Engine) async throws {
    try await Workshop.with(engine, numbers: 100, [Numbers.backfill.queueRow]) { shop in
      let environment = UpdateRunner.Environment.quiet
      let (events, options) = (Events(), UpdateOptions(batches: BatchOptions(pause: .seconds(3_600))))
      let runner = try await shop.runner(registry, options, environment, report: events.report)
      async let summary = runner.run()
      _ = try await events.wait { if case .started(let name, _) = $0 { name } else { nil } }
      // It sleeps before its first batch.
      try await Task.sleep(for: .milliseconds(50))
      environment.control.stop()
      #expect(try await summary.isStopped)
      #expect(try await shop.values("SELECT count(*) FROM numbers WHERE double IS NOT NULL") == [0])
    }
  }

  /// What nobody asked for, and what was completed before the stop, does not remain.
  @Test(arguments: TestDatabase.availableEngines)
  func whatAStopLeaves(engine: Engine) async throws {
    try await Workshop.with(engine, numbers: 30, both) { shop in
      let environment = UpdateRunner.Environment.quiet
      let runner = try await shop.runner(registry, .fast(5), environment) { event in
        if case .batch = event { environment.control.stop() }
      }
      let stopped = try await runner.run(["double"], until: .forever)
      #expect(stopped.isStopped)
      #expect(stopped.waiting == ["double": "the run was stopped"])
      let second = UpdateRunner.Environment.quiet
      let completing = try await shop.runner(registry, .fast, second) { event in
        if case .completed = event { second.control.stop() }
      }
      let completed = try await completing.run(["double"], until: .forever)
      #expect(completed.isStopped)
      #expect(completed.completed == ["double"])
      #expect(completed.waiting.isEmpty)
    }
  }

  /// What was stopped before it looked at the queue has completed nothing.
  @Test(arguments: TestDatabase.availableEngines)
  func aForegroundRunThatIsStoppedAtOnce(engine: Engine) async throws {
    try await Workshop.with(engine, numbers: 30, both) { shop in
      let environment = UpdateRunner.Environment.quiet
      environment.control.stop()
      let runner = ForegroundRunner(registry: registry, environment: environment)
      let error = await #expect(throws: GradusError.self) {
        try await runner.complete(["double"], of: shop.database, on: shop.session) { _ in }
      }
      #expect(error?.code == .updatesPending)
      #expect(error?.message.contains("double: the run was stopped") == true)
      #expect(error?.message.contains("counting") == false)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func prioritiesChangeTheOrder(engine: Engine) async throws {
    try await Workshop.with(engine, numbers: 10, both) { shop in
      try await shop.control { try $0.prioritize("double", 3) }
      #expect(try await shop.runner(registry).run().completed == ["double", "counting"])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func closedWindowsAreReported(engine: Engine) async throws {
    try await Workshop.with(engine, numbers: 10, both) { shop in
      var options = UpdateOptions.fast
      // A day that is not today, wherever the test runs.
      let day = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"][
        (Calendar(identifier: .gregorian).component(.weekday, from: Date()) + 2) % 7]
      options.windows = TimeWindows([try TimeWindow(parsing: "\(day) 10:00-11:00")])
      let waiting = try await shop.runner(registry, options).run().waiting
      #expect(waiting["counting"] == "waits for the next time window")
      options.windows = TimeWindows([try TimeWindow(parsing: "00:00-24:00")])
      #expect(try await shop.runner(registry, options).run().completed == ["counting", "double"])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func completedIsARecord(engine: Engine) async throws {
    try await Workshop.with(engine, numbers: 10, both) { shop in
      @Sendable func hasCompleted(_ name: String) async throws -> Bool {
        try await shop.session.run { try registry.hasCompleted(name, on: $0) }
      }
      #expect(try await !hasCompleted("double"))
      let environment = UpdateRunner.Environment(version: 7)
      _ = try await shop.runner(registry, .fast, environment).run()
      #expect(try await hasCompleted("double"))
      let certificate = try await shop.session.run { try UpdateCertificate.read("double", on: $0) }
      #expect(certificate?.version == 7)
      #expect(certificate?.completedBy.contains("pid") == true)
      #expect(certificate?.written == 10)
      // A misspelt name is an error, never "done".
      let error = await #expect(throws: GradusError.self) { try await hasCompleted("duoble") }
      #expect(error?.code == .unknownUpdate)
      #expect(error?.hint == "did you mean 'double'?")
      // Queued again, it is not complete again until it is.
      try await shop.session.transaction { try Numbers.queue($0, Numbers.backfill.queueRow) }
      #expect(try await !hasCompleted("double"))
      // Known, but never run: no row is no proof.
      #expect(
        try await shop.session.run {
          try UpdateRegistry(handlers: [Failing()]).hasCompleted("failing", on: $0)
        } == false)
    }
  }

  /// What another program completed left no record; an operator may have it checked and recorded.
  @Test(arguments: TestDatabase.availableEngines)
  func certifying(engine: Engine) async throws {
    let index = UpdateDeclaration(
      name: "index", kind: .index(.init(name: "ix", table: "numbers", columns: ["b"])))
    let registry = UpdateRegistry(handlers: [Counting()], declarations: [index])
    try await Workshop.with(engine, [QueuedUpdate(name: "counting")]) { shop in
      @Sendable func certify(_ name: String) async throws -> UpdateCertificate {
        try await shop.session.transaction { try registry.certify(name, version: 3, on: $0) }
      }
      #expect(
        await #expect(throws: GradusError.self) { try await certify("counting") }?.code == .updatesPending)
      #expect(
        await #expect(throws: GradusError.self) { try await certify("cuonting") }?.code == .unknownUpdate)
      let missing = await #expect(throws: GradusError.self) { try await certify("index") }
      #expect(missing?.code == .updatesPending)
      #expect(missing?.message.contains("without a valid index 'ix'") == true)
      try await shop.session.run { _ = try $0.execute("CREATE INDEX ix ON numbers (b)") }
      #expect(try await certify("index").verified == "the index ix is there and valid")
      #expect(try await shop.session.run { try registry.hasCompleted("index", on: $0) })
      try await shop.session.run { _ = try $0.execute("DELETE FROM background_updates") }
      let certificate = try await certify("counting")
      #expect(certificate.verified.hasPrefix("certified without a check by "))
      #expect(certificate.version == 3)
      // What a certificate says is not lost to another one.
      #expect(try await certify("counting") == certificate)
    }
  }
}
