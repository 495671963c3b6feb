import Gradus
import GradusSQL
import GradusTestSupport
import Synchronization
import Testing

@testable import GradusUpdates

/// Completion in the foreground by several workers.
@Suite struct ForegroundTests {
  /// Neither of two updates ends before the other has begun.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func severalBatchesRunAtATime() async throws {
    let names = ["first", "second"]
    try await Workshop.with(.postgres, names.map { QueuedUpdate(name: $0) }) { (shop) async throws in
      let meeting = Meeting(count: 2)
      let registry = UpdateRegistry(handlers: names.map { Meeter(name: $0, meeting) })
      try await ForegroundRunner(registry: registry, environment: .quiet, workers: 2)
        .complete(names, of: shop.database, on: shop.session) { _ in }
      #expect(meeting.isComplete)
      for name in names {
        let certificate = try await shop.session.run { try UpdateCertificate.read(name, on: $0) }
        #expect(certificate != nil)
      }
    }
  }

  @Test(arguments: TestDatabase.availableEngines, [1, 3])
  func anUpdateIsCompleted(engine: Engine, workers: Int) async throws {
    try await Workshop.with(engine, numbers: 1_000, [Numbers.backfill.queueRow]) { (shop) async throws in
      let registry = UpdateRegistry(declarations: [Numbers.backfill])
      let reports = Counter()
      try await ForegroundRunner(
        registry: registry, options: .fast(20), environment: .quiet, workers: workers
      ).complete(["double"], of: shop.database, on: shop.session) { _ in reports.increment() }
      #expect(reports.count >= 50)
      #expect(try await shop.session.run { try Numbers.wrong($0) } == 0)
      let certificate = try await shop.session.run { try UpdateCertificate.read("double", on: $0) }
      #expect(certificate?.scanned == 1_000)
    }
  }

  /// Also of an update that workers share, none of whose batches is known to be the last.
  @Test(arguments: TestDatabase.availableEngines, [1, 3])
  func theLastReportIsOfTheEnd(engine: Engine, workers: Int) async throws {
    try await Workshop.with(engine, numbers: 100, [Numbers.backfill.queueRow]) { (shop) async throws in
      let reports = Mutex<[UpdateProgressReport]>([])
      try await ForegroundRunner(
        registry: UpdateRegistry(declarations: [Numbers.backfill]), options: .fast(20), environment: .quiet,
        workers: workers
      ).complete(["double"], of: shop.database, on: shop.session) { report in
        reports.withLock { $0.append(report) }
      }
      let all = reports.withLock { $0 }
      #expect(all.last?.isComplete == true && all.last?.scanned == 100)
      #expect(all.count { $0.isComplete } == 1)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func withoutAConnectionForFurtherWorkersTheFirstDoesTheirWork(engine: Engine) async throws {
    try await Workshop.with(engine, numbers: 100, [Numbers.backfill.queueRow]) { (shop) async throws in
      let database = PhysicalDatabase(driver: ScarceDriver(shop.database.driver, connections: 0))
      try await ForegroundRunner(
        registry: UpdateRegistry(declarations: [Numbers.backfill]), environment: .quiet, workers: 3
      ).complete(["double"], of: database, on: shop.session) { _ in }
      #expect(try await shop.session.run { try Numbers.wrong($0) } == 0)
    }
  }

  @Test(arguments: TestDatabase.availableEngines, [1, 3])
  func whatCannotBeCompletedIsAnError(engine: Engine, workers: Int) async throws {
    try await Workshop.with(engine, numbers: 10, [QueuedUpdate(name: "failing")]) { (shop) async throws in
      let runner = ForegroundRunner(
        registry: UpdateRegistry(handlers: [Failing()]), options: .fast(10, attempts: 1), environment: .quiet,
        workers: workers)
      let error = await #expect(throws: GradusError.self) {
        try await runner.complete(["failing"], of: shop.database, on: shop.session) { _ in }
      }
      #expect(error?.code == .updatesPending)
      #expect(error?.message.contains("no_such_function") == true, "\(error?.message ?? "")")
      #expect(try await shop.values("SELECT count(*) FROM numbers WHERE double IS NOT NULL") == [0])
    }
  }
}
