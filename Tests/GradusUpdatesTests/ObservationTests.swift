import Gradus
import GradusSQL
import GradusTestSupport
import Logging
import MetricsTestKit
import Testing

@testable import GradusUpdates

@Suite struct ObservationTests {
  @Test(arguments: TestDatabase.availableEngines)
  func metricsAndLog(engine: Engine) async throws {
    let (metrics, log) = (TestMetrics(), TestLog())
    let updates = [
      QueuedUpdate(name: "failing"), QueuedUpdate(name: "double", ordering: 1),
    ]
    try await Workshop.with(engine, numbers: 25, updates) { shop in
      let registry = UpdateRegistry(handlers: [Failing()], declarations: [Numbers.backfill])
      let environment = UpdateRunner.Environment(logger: log.logger, metrics: metrics)
      _ = try await shop.runner(registry, .fast(10, attempts: 2), environment).run()
      let double = [("database_name", "master"), ("update_name", "double")]
      let failing = [("database_name", "master"), ("update_name", "failing")]
      let all = [("database_name", "master")]
      #expect(try metrics.expectCounter("gradus_update_rows_scanned_total", double).totalValue == 25)
      #expect(try metrics.expectCounter("gradus_update_rows_written_total", double).totalValue == 25)
      let batches = try metrics.expectCounter("gradus_update_batches_total", double).totalValue
      #expect(
        try metrics.expectTimer("gradus_update_batch_duration_seconds", double).values.count == Int(batches))
      #expect(try metrics.expectGauge("gradus_update_batch_size", double).lastValue == 10)
      #expect(try metrics.expectGauge("gradus_update_rows_remaining", double).lastValue == 0)
      #expect(try metrics.expectCounter("gradus_update_failures_total", failing).totalValue == 2)
      #expect(try metrics.expectGauge("gradus_updates_queued", all).lastValue == 1)
      #expect(try metrics.expectGauge("gradus_updates_parked", all).lastValue == 1)
      #expect(try metrics.expectGauge("gradus_update_status", all).lastValue == -1)

      func lines(_ level: Logger.Level) -> [String] {
        log.lines.filter { $0.level == level }.map { "\($0.message): \($0.metadata["update"] ?? "")" }
      }
      #expect(lines(.debug).count == Int(batches))
      #expect(lines(.info) == ["update begins: failing", "update begins: double", "update complete: double"])
      #expect(lines(.warning) == ["batch failed: failing"])
      #expect(lines(.error) == ["update parked: failing"])
      #expect(log.lines.allSatisfy { $0.metadata["database"] == "master" })
    }
  }

  /// Paused updates do not run, whoever paused them.
  @Test(
    arguments: [
      (true, [nil, "somebody"], 2.0), (true, ["somebody", "somebody"], 0), (false, [nil], 0), (true, [], 3),
    ] as [(Bool, [String?], Double)])
  func theStatusOfAll(isEnabled: Bool, pausedBy: [String?], status: Double) throws {
    let test = TestMetrics()
    let queue = pausedBy.enumerated().map {
      QueueEntry(QueuedUpdate(name: "u\($0.offset)"), pausedBy: $0.element)
    }
    UpdateMetrics(test, database: "master").record(
      queue: queue, isEnabled: isEnabled, decision: queue.isEmpty ? .finished : .blocked([:]))
    #expect(try test.expectGauge("gradus_update_status", [("database_name", "master")]).lastValue == status)
  }

  /// While the time windows are closed nothing runs.
  @Test func theStatusOutsideTheWindows() throws {
    let test = TestMetrics()
    UpdateMetrics(test, database: "master").record(
      queue: [
        QueueEntry(QueuedUpdate(name: "a")), QueueEntry(QueuedUpdate(name: "b"), pausedBy: "somebody"),
      ],
      isEnabled: true, decision: .blocked(["a": .outsideWindow, "b": .paused(by: "somebody")]))
    #expect(try test.expectGauge("gradus_update_status", [("database_name", "master")]).lastValue == 1)
  }

  /// Others are not told that a worker is at an update that it has had to let go of.
  @Test(arguments: TestDatabase.availableEngines)
  func aWorkerThatWaitsIsAtNothing(engine: Engine) async throws {
    try await Workshop.with(engine, numbers: 300, [Numbers.backfill.queueRow]) { shop in
      let (events, control) = (Events(), RunControl())
      let pacing = UpdatePacing.calling { iteration in
        // Health is read, and what the worker is at is written, before each batch.
        try await Task.sleep(for: .milliseconds(5))
        if iteration == 4 { control.pause() }
      }
      let options = UpdateOptions(
        batches: UpdateOptions.fast(5).batches, healthInterval: .milliseconds(1))
      async let summary = shop.runner(
        UpdateRegistry(declarations: [Numbers.backfill]), options,
        UpdateRunner.Environment(control: control, pacing: pacing, logger: .silent), report: events.report
      ).run(until: .forever)
      _ = try await events.wait { if case .waiting = $0 { true } else { nil } }
      #expect(try await shop.values("SELECT update_name FROM gradus_workers") == [.null])
      control.stop()
      _ = try await summary
    }
  }

  /// A signal that has recovered does not stay at what it was at its worst.
  @Test func aRecoveredSignalIsZero() throws {
    let test = TestMetrics()
    let metrics = UpdateMetrics(test, database: "master")
    func reading(_ signal: HealthSignal, _ value: Double) -> HealthReading {
      HealthReading(signal: signal, value: value, limit: 1)
    }
    func gauge(_ signal: HealthSignal) throws -> Double? {
      try test.expectGauge(
        "gradus_update_health", [("database_name", "master"), ("signal", signal.rawValue)]
      ).lastValue
    }
    metrics.record(.slow([reading(.latency, 3), reading(.lockWaiters, 2)]))
    #expect(try gauge(.latency) == 3)
    metrics.record(.pause([reading(.lockWaiters, 7)]))
    #expect(try gauge(.latency) == 0)
    #expect(try gauge(.lockWaiters) == 7)
    metrics.record(.fine)
    #expect(try gauge(.lockWaiters) == 0)
  }

  /// The size that the rate gives is there after a restart.
  @Test(arguments: TestDatabase.availableEngines)
  func theRateOutlivesTheProcess(engine: Engine) async throws {
    try await Workshop.with(engine, numbers: 400, [Numbers.backfill.queueRow]) { shop in
      let registry = UpdateRegistry(declarations: [Numbers.backfill])
      let environment = UpdateRunner.Environment.quiet
      let first = Events()
      let options = UpdateOptions(batches: BatchOptions(pause: .zero, defaultBatchSize: 3, maxBatchSize: 50))
      let batches = Counter()
      let runner = try await shop.runner(registry, options, environment) { event in
        first.report(event)
        guard case .batch = event else { return }
        batches.increment()
        // Of the ranges that several workers share, one is done by then, which is when its rate is saved.
        if batches.count == 8 { environment.control.stop() }
      }
      _ = try await runner.run()
      let second = Events()
      _ = try await shop.runner(registry, options, report: second.report).run()
      let sizes = second.all.compactMap { if case .batch(_, let batch) = $0 { batch.size } else { nil } }
      #expect((sizes.first ?? 0) > 3)
      #expect(try await shop.session.run { try Numbers.wrong($0) } == 0)
    }
  }

  /// Other processes have done nearly all of it.
  @Test(arguments: TestDatabase.availableEngines)
  func theOnlyBatchOfAProcessTellsTheWhole(engine: Engine) async throws {
    let counting = QueuedUpdate(name: "counting", progress: #"{"batches": 4}"#)
    try await Workshop.with(engine, [counting]) { shop in
      try await shop.session.run { connection in
        _ = try connection.execute(
          """
          INSERT INTO gradus_updates (update_name, scanned, written, batches, duration_ms, started_at, updated_at)
          VALUES ('counting', 1000, 900, 4, 10, 0, 0)
          """)
      }
      let events = Events()
      let registry = UpdateRegistry(handlers: [Counting()])
      _ = try await shop.runner(registry, .fast(7), report: events.report).run()
      let reports = events.all.compactMap { if case .batch(let progress, _) = $0 { progress } else { nil } }
      #expect(reports.map(\.scanned) == [1_007] && reports.map(\.written) == [901], "\(reports)")
    }
  }

  /// What batches do stays the same while a signal gets worse, and nobody looks at signals when the work is done.
  @Test(arguments: TestDatabase.availableEngines)
  func theHealthGaugeIsWhatWasReadLast(engine: Engine) async throws {
    try await Workshop.with(engine, numbers: 300, [Numbers.backfill.queueRow]) { shop in
      let (metrics, probe) = (TestMetrics(), LatencyProbe(clock: ManualClock()))
      probe.record(.milliseconds(80))
      let pacing = UpdatePacing.calling { iteration in
        // Health is read before each batch.
        try await Task.sleep(for: .milliseconds(5))
        if iteration == 5 { for _ in 0..<100 { probe.record(.milliseconds(90)) } }
      }
      let options = UpdateOptions(
        batches: UpdateOptions.fast(20).batches, health: HealthLimits([.latency: 100]),
        healthInterval: .milliseconds(1))
      let environment = UpdateRunner.Environment(
        pacing: pacing, latency: probe, logger: .silent, metrics: metrics)
      _ = try await shop.runner(UpdateRegistry(declarations: [Numbers.backfill]), options, environment).run()
      let gauge = try metrics.expectGauge(
        "gradus_update_health", [("database_name", "master"), ("signal", "latency_ms")])
      #expect(Set(gauge.values.filter { $0 > 0 }).count == 2, "\(gauge.values)")
      #expect(gauge.lastValue == 0)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func progressAddsUpToTheWhole(engine: Engine) async throws {
    try await Workshop.with(engine, numbers: 200, [Numbers.backfill.queueRow]) { shop in
      let events = Events()
      let registry = UpdateRegistry(declarations: [Numbers.backfill])
      _ = try await shop.runner(registry, .fast(20), report: events.report).run()
      let reports = events.all.compactMap { if case .batch(let progress, _) = $0 { progress } else { nil } }
      let scanned = reports.map(\.scanned)
      #expect(scanned == scanned.sorted())
      #expect(scanned.last == 200)
      #expect(reports.contains { $0.rate != nil })
    }
  }

  /// PostgreSQL says how far an index build is; here it waits for a transaction that has written to the table.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func anIndexBuildShowsItsPhase() async throws {
    try await withBlockedIndex { shop, registry, writer in
      let events = Events()
      async let summary = shop.runner(registry, report: events.report).run()
      let phase = try await events.wait { event in
        if case .progress(let progress) = event { progress.phase } else { nil }
      }
      #expect(phase.contains("waiting"))
      let listing = try await shop.session.run { try UpdateListing.read($0, registry: registry) }
      #expect(listing.first?.index?.phase.contains("waiting") == true)
      #expect(listing.first?.holders.count == 1)
      try await writer.run { try $0.execute("COMMIT") }
      #expect(try await summary.completed == ["index"])
    }
  }

  /// A stop does not wait for hours: the build is broken off, and the next run builds it.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func aStopBreaksAnIndexBuildOff() async throws {
    try await withBlockedIndex { shop, registry, writer in
      let (events, environment) = (Events(), UpdateRunner.Environment.quiet)
      async let summary = shop.runner(registry, .fast, environment, report: events.report).run()
      _ = try await events.wait { if case .progress = $0 { true } else { nil } }
      environment.control.stop()
      #expect(try await summary.isStopped)
      try await writer.run { try $0.execute("COMMIT") }
      #expect(try await shop.runner(registry).run().completed == ["index"])
    }
  }

  /// An index to build, on a table to which a transaction of another session has written.
  private func withBlockedIndex(
    _ body: (Workshop, UpdateRegistry, _ writer: Session) async throws -> Void
  ) async throws {
    let index = UpdateDeclaration(
      name: "index", kind: .index(.init(name: "ix", table: "numbers", columns: ["b"])))
    try await Workshop.with(.postgres, numbers: 10, [index.queueRow]) { shop in
      let writer = try await shop.place.open()
      try await writer.run {
        try $0.execute("BEGIN")
        try $0.execute("UPDATE numbers SET double = 1")
      }
      try await body(shop, UpdateRegistry(declarations: [index]), writer)
    }
  }
}
