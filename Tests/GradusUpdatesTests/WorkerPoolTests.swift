import Gradus
import GradusSQL
import GradusTestSupport
import Logging
import Testing

@testable import GradusUpdates

/// Workers of a server that has not a connection for each of them.
@Suite struct WorkerPoolTests {
  private let registry = UpdateRegistry(declarations: [Numbers.backfill])

  /// The others ask when the first has its connection, so that none of them takes it from it.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func theFirstWorkerIsNotRefusedBecauseOfTheOthers() async throws {
    try await Workshop.with(.postgres, numbers: 100, [Numbers.backfill.queueRow]) { (shop) async throws in
      let driver = ScarceDriver(shop.database.driver, connections: 1)
      let summary = try await WorkerPool(
        database: PhysicalDatabase(driver: driver), registry: registry, options: .fast, environment: .quiet,
        workers: 16
      ).run()
      #expect(summary.completed == ["double"])
      #expect(try await shop.session.run { try Numbers.wrong($0) } == 0)
    }
  }

  /// Whichever worker's connection is lost for good, the other one does the work.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func aLostConnectionIsNoFailureWhileAnotherWorkerHasOne() async throws {
    try await Workshop.with(.postgres, numbers: 100, [Numbers.backfill.queueRow]) { (shop) async throws in
      let driver = FailingDriver(
        shop.database.driver, at: "UPDATE numbers", times: 1, SQLError(.connectionLost, "gone"))
      var options = UpdateOptions.fast
      options.reconnectTimeout = .zero
      let summary = try await WorkerPool(
        database: PhysicalDatabase(driver: driver), registry: registry, options: options, environment: .quiet,
        workers: 2
      ).run()
      #expect(driver.isSpent)
      #expect(summary.completed == ["double"])
      #expect(try await shop.session.run { try Numbers.wrong($0) } == 0)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func withoutAnyConnectionTheRunFails(engine: Engine) async throws {
    try await Workshop.with(engine, numbers: 10, [Numbers.backfill.queueRow]) { (shop) async throws in
      let pool = WorkerPool(
        database: PhysicalDatabase(driver: ScarceDriver(shop.database.driver, connections: 0)),
        registry: registry, options: .fast, environment: .quiet, workers: 3)
      let error = await #expect(throws: SQLError.self) { try await pool.run() }
      #expect(error?.code == .cannotConnect)
    }
  }

  /// Which may last for days.
  @Test(arguments: TestDatabase.availableEngines)
  func anOutageIsLoggedOnce(engine: Engine) async throws {
    try await Workshop.with(engine, numbers: 10, [Numbers.backfill.queueRow]) { (shop) async throws in
      let (log, control) = (TestLog(), RunControl())
      let pool = WorkerPool(
        database: PhysicalDatabase(driver: LateDriver(shop.database.driver, failures: 2)),
        registry: registry, options: .fast,
        environment: UpdateRunner.Environment(control: control, logger: log.logger)
      ) { event in
        if case .completed = event { control.stop() }
      }
      #expect(try await pool.run(until: .forever).completed == ["double"])
      let lines = log.lines.filter { $0.message.hasPrefix("the database ") }
      #expect(lines.map(\.level) == [.warning, .debug, .info], "\(lines)")
    }
  }

  /// Queues an update that is complete by then, and parks it.
  private struct Requeuing: UpdateHandler {
    let name = "requeuing"

    func runBatch(_ progress: NoProgress, size: Int, on connection: Connection) throws
      -> BatchResult<NoProgress>
    {
      try Numbers.queue(connection, QueuedUpdate(name: "counting"))
      try QueueControls(connection).park("counting", reason: "broken")
      return .end
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func whatIsQueuedAgainRemains(engine: Engine) async throws {
    let registry = UpdateRegistry(handlers: [Counting(), Requeuing()])
    let updates = [QueuedUpdate(name: "counting"), QueuedUpdate(name: "requeuing", dependsOn: "counting")]
    try await Workshop.with(engine, updates) { shop in
      let summary = try await WorkerPool(
        database: shop.database, registry: registry, options: .fast, environment: .quiet, workers: 2
      ).run()
      #expect(summary.completed == ["counting", "requeuing"])
      #expect(summary.waiting == ["counting": "parked: broken"])
    }
  }

  @Test func theLastOneThatGivesUpFails() {
    let presence = PoolPresence(workers: 3)
    presence.open()
    // It has connected anew.
    presence.open()
    #expect(presence.leave())
    #expect(presence.leave())
    #expect(!presence.leave())
    #expect(!PoolPresence(workers: 3).leave())
  }

  @Test func whereAllIsDoneNobodyFails() {
    let presence = PoolPresence(workers: 2)
    presence.open()
    presence.end()
    #expect(presence.leave())
  }
}
