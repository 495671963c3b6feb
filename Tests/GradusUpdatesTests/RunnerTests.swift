import Gradus
import GradusSQL
import GradusTestSupport
import Testing

@testable import GradusUpdates

@Suite struct RunnerTests {
  private func options(_ size: Int) -> UpdateOptions {
    UpdateOptions(
      batches: BatchOptions(pause: .zero, defaultBatchSize: size, maxBatchSize: size, attempts: 3))
  }

  @Test(arguments: TestDatabase.availableEngines, [1, 7, 1000])
  func aBackfillTouchesEachRowOnce(engine: Engine, size: Int) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { try Numbers.make($0, count: 200) }
      try await session.transaction { try Numbers.queue($0, Numbers.backfill.queueRow) }
      let runner = UpdateRunner(
        session: session, registry: UpdateRegistry(declarations: [Numbers.backfill]), options: options(size))
      let summary = try await runner.run()
      #expect(summary.completed == ["double"])
      #expect(summary.waiting.isEmpty)
      #expect(try await session.run { try Numbers.wrong($0) } == 0)
      let certificate = try await session.run { try UpdateCertificate.read("double", on: $0) }
      #expect(certificate?.scanned == 200)
      #expect(certificate?.written == 200)
      #expect(certificate?.verified == "the whole key was walked")
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func severalRunnersTakeTurns(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { try Numbers.make($0, count: 300) }
      try await session.transaction { try Numbers.queue($0, Numbers.backfill.queueRow) }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<4 {
          group.addTask {
            let runner = UpdateRunner(
              session: try await database.open(), registry: UpdateRegistry(declarations: [Numbers.backfill]),
              options: options(5))
            _ = try await runner.run()
          }
        }
        try await group.waitForAll()
      }
      #expect(try await session.run { try Numbers.wrong($0) } == 0)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aStoppedBackfillGoesOnWhereItWas(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { try Numbers.make($0, count: 200) }
      try await session.transaction { try Numbers.queue($0, Numbers.backfill.queueRow) }
      let registry = UpdateRegistry(declarations: [Numbers.backfill])
      let batches = Counter()
      let task = Task {
        let session = try await database.open()
        return try await UpdateRunner(session: session, registry: registry, options: options(10)) { event in
          guard case .batch = event else { return }
          batches.increment()
          if batches.count == 4 { withUnsafeCurrentTask { $0?.cancel() } }
        }.run()
      }
      await #expect(throws: CancellationError.self) { try await task.value }
      let queue = try await session.run { try UpdateQueue(connection: $0).load() }
      #expect(queue.map(\.update.name) == ["double"])
      // On a slow machine batches are smaller.
      let done = try await session.run {
        try $0.queryRow("SELECT count(*) FROM numbers WHERE double IS NOT NULL")?[0].integer ?? 0
      }
      #expect(done > 0 && done <= 40)
      _ = try await UpdateRunner(session: session, registry: registry, options: options(10)).run()
      #expect(try await session.run { try Numbers.wrong($0) } == 0)
      #expect(try await session.run { try UpdateCertificate.read("double", on: $0) }?.scanned == 200)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aFailingUpdateIsParkedAndTheOthersRunOn(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { try Numbers.make($0, count: 10) }
      try await session.transaction {
        try Numbers.queue(
          $0, QueuedUpdate(name: "failing"), QueuedUpdate(name: "after", dependsOn: "failing"),
          QueuedUpdate(name: "stranger"), QueuedUpdate(name: "counting", ordering: 9),
          QueuedUpdate(name: "double", ordering: 8))
      }
      let failing = Failing()
      let registry = UpdateRegistry(handlers: [failing, Counting()], declarations: [Numbers.backfill])
      let summary = try await UpdateRunner(session: session, registry: registry, options: options(100)).run()
      #expect(summary.completed == ["double", "counting"])
      #expect(failing.attempts.count == 3)
      #expect(summary.waiting["failing"]?.contains("no_such_function") == true)
      #expect(summary.waiting["stranger"]?.contains("does not know") == true)
      #expect(summary.waiting.keys.sorted() == ["after", "failing", "stranger"])
      #expect(try await session.run { try Numbers.wrong($0) } == 0)
      #expect(
        try await session.run { try UpdateCertificate.read("counting", on: $0)?.skipped } == [
          "odd": 3
        ])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func anUnreadableProgressParks(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { try BookkeepingTables.ensure($0) }
      try await session.transaction {
        try Numbers.queue($0, QueuedUpdate(name: "counting", progress: "no JSON"))
      }
      let summary = try await UpdateRunner(
        session: session, registry: UpdateRegistry(handlers: [Counting()]), options: options(1)
      ).run()
      #expect(summary.waiting["counting"]?.contains("progress of 'counting' cannot be read") == true)
      #expect(
        try await session.run { try UpdateQueue(connection: $0).load().first?.update.progress } == "no JSON")
    }
  }

  /// An update that guards queue ends in a transaction after its last batch, whose counts are not lost.
  @Test(arguments: TestDatabase.availableEngines)
  func theLastBatchOfAGuardedUpdateIsCounted(engine: Engine) async throws {
    try await Workshop.with(engine, [QueuedUpdate(name: "counting")]) { shop in
      try await shop.session.run { connection in
        _ = try connection.execute(
          """
          INSERT INTO gradus_guard_triggers (name, migration, table_name, update_name)
          VALUES ('guard', 'a', 'numbers', 'counting')
          """)
      }
      let runner = try await shop.runner(UpdateRegistry(handlers: [Counting()]))
      #expect(try await runner.run().completed == ["counting"])
      let certificate = try await shop.session.run { try UpdateCertificate.read("counting", on: $0) }
      #expect(certificate?.batches == 5)
      #expect(certificate?.written == 5)
      #expect(certificate?.skipped == ["odd": 3])
    }
  }

  /// Whoever has found nothing left ends the update, though its hold may have run out while it was verified: else two
  /// workers could take it from each other for ever.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func whoeverHasVerifiedItEndsIt() async throws {
    try await Workshop.with(.postgres, [QueuedUpdate(name: "counting")]) { shop in
      let work = try #require(UpdateRegistry(handlers: [Counting()]).work(for: "counting"))
      @Sendable func executor(_ worker: String) -> BatchExecutor {
        BatchExecutor(
          session: shop.session, terms: LeaseTerms(worker: worker, duration: .seconds(60)),
          limits: TransactionLimits(lock: .seconds(1)), version: nil)
      }
      _ = try await shop.session.transaction {
        try UpdateLeases(connection: $0, terms: executor("other").terms).acquire("counting", preempts: false)
      }
      let version = try await shop.session.run { try UpdateQueue(connection: $0).rowVersion("counting") }
      let end = try await executor("slow").finish(work, at: "{}", version)
      let isCompleted = if case .completed = end { true } else { false }
      #expect(isCompleted, "\(end)")
      #expect(try await shop.values("SELECT 1 FROM background_updates").isEmpty)
    }
  }

  /// Who takes updates from others waits for a batch under way, and leaves those of its own process alone.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func anUpdateIsTakenBetweenTwoBatches() async throws {
    try await Workshop.with(.postgres, [QueuedUpdate(name: "counting")]) { shop in
      let other = try await shop.place.open()
      func take(
        _ worker: String, on session: Session, preempts: Bool
      ) async throws -> UpdateLeases.Acquisition {
        try await session.transaction {
          try UpdateLeases(connection: $0, terms: LeaseTerms(worker: worker, duration: .seconds(60)))
            .acquire("counting", preempts: preempts)
        }
      }
      #expect(try await take("batch", on: other, preempts: false) == .acquired(takenOverFrom: nil))
      try await other.run { connection in
        try connection.execute("BEGIN")
        _ = try UpdateQueue(connection: connection).lock(
          "counting", worker: "batch", limits: TransactionLimits(lock: .seconds(1)))
      }
      #expect(try await take("mine", on: shop.session, preempts: true) == .held(by: "batch"))
      try await other.run { try $0.execute("COMMIT") }
      #expect(try await take("mine", on: shop.session, preempts: true) == .acquired(takenOverFrom: "batch"))
      let (first, second) = (LeaseTerms.newWorker(), LeaseTerms.newWorker())
      #expect(try await take(first, on: other, preempts: true) == .acquired(takenOverFrom: "mine"))
      #expect(try await take(second, on: shop.session, preempts: true) == .held(by: first))
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func anUpdateQueuedAgainBeginsAnew(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { try Numbers.make($0, count: 10) }
      let registry = UpdateRegistry(declarations: [Numbers.backfill])
      for _ in 0..<2 {
        try await session.transaction { try Numbers.queue($0, Numbers.backfill.queueRow) }
        _ = try await UpdateRunner(session: session, registry: registry, options: options(3)).run()
      }
      #expect(try await session.run { try UpdateCertificate.read("double", on: $0)?.scanned } == 10)
    }
  }
}
