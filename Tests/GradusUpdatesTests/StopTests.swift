import Foundation
import Gradus
import GradusSQL
import GradusTestSupport
import Synchronization
import Testing

@testable import GradusUpdates

/// What may take long does not hold a stop up.
@Suite struct StopTests {
  /// A number that takes minutes to find out.
  private static func endless(_ engine: Engine) -> String {
    switch engine {
    case .sqlite:
      "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000000000) SELECT count(*) FROM n)"
    case .postgres: "(SELECT count(*) FROM pg_sleep(600))"
    }
  }

  /// Rows that an update has left are looked for in the whole table.
  @Test(.timeLimit(.minutes(3)), arguments: TestDatabase.availableEngines)
  func aStopBreaksOffWhatAnEndIsVerifiedBy(engine: Engine) async throws {
    let condition = "\(Self.endless(engine)) < 0"
    let update = UpdateDeclaration(
      name: "double",
      kind: .backfill(
        .init(
          table: "numbers", key: ["a", "b"], condition: condition,
          sql: .init("UPDATE numbers SET double = 2 * b WHERE {range}"))))
    try await Workshop.with(engine, numbers: 10, [update.queueRow]) { shop in
      try await expectBreakOff(of: update, at: condition, shop)
      #expect(try await shop.session.run { try Numbers.wrong($0) } == 0)
    }
  }

  /// A script is one batch, however long it takes.
  @Test(.timeLimit(.minutes(3)), arguments: TestDatabase.availableEngines)
  func aStopBreaksOffAScript(engine: Engine) async throws {
    let sql = "UPDATE numbers SET double = 1; UPDATE numbers SET double = \(Self.endless(engine));"
    let update = UpdateDeclaration(name: "script", kind: .sql(.init(sql)))
    try await Workshop.with(engine, numbers: 10, [update.queueRow]) { shop in
      try await expectBreakOff(of: update, at: sql, shop)
      #expect(try await shop.values("SELECT count(*) FROM numbers WHERE double IS NOT NULL") == [0])
    }
  }

  /// One statement reads the whole table.
  @Test(.timeLimit(.minutes(3)), arguments: TestDatabase.availableEngines)
  func aStopBreaksOffTheValidationOfAConstraint(engine: Engine) async throws {
    let check = engine == .sqlite ? "\(Self.endless(engine)) >= 0" : "slow(b)"
    let update = UpdateDeclaration(
      name: "valid",
      kind: .validateConstraint(
        .init(table: "numbers", constraint: "valid", key: ["a", "b"], check: check)))
    try await Workshop.with(engine, numbers: 10, [update.queueRow]) { shop in
      if engine == .postgres {
        try await shop.session.run { connection in
          try connection.execute(
            """
            CREATE FUNCTION slow(b BIGINT) RETURNS BOOLEAN LANGUAGE sql AS
              'SELECT count(*) >= 0 FROM pg_sleep(600)'
            """)
          _ = try connection.execute("ALTER TABLE numbers ADD CONSTRAINT valid CHECK (slow(b)) NOT VALID")
        }
      }
      try await expectBreakOff(of: update, at: engine == .sqlite ? check : "VALIDATE CONSTRAINT", shop)
    }
  }

  /// Runs an update, stops the run at a statement that takes minutes, and expects that the update is left for the next.
  private func expectBreakOff(of update: UpdateDeclaration, at text: String, _ shop: Workshop) async throws {
    let looks = Counter()
    let driver = StatementDriver(shop.place.driver) { if $0.contains(text) { looks.increment() } }
    let control = RunControl()
    let runner = UpdateRunner(
      session: try await Session.open(driver), database: shop.database,
      registry: UpdateRegistry(declarations: [update]), options: .fast,
      environment: UpdateRunner.Environment(control: control, logger: .silent))
    async let summary = runner.run(until: .forever)
    while looks.count == 0 { try await Task.sleep(for: .milliseconds(5)) }
    control.stop()
    let stopped = try await summary
    #expect(stopped.isStopped)
    #expect(stopped.completed.isEmpty)
    #expect(try await shop.values("SELECT update_name FROM background_updates") == [.text(update.name)])
  }

  /// A server that does not answer is not waited for.
  @Test(.timeLimit(.minutes(3)), arguments: TestDatabase.availableEngines)
  func aStopDoesNotWaitForAConnection(engine: Engine) async throws {
    try await Workshop.with(engine) { shop in
      let driver = SilentDriver(shop.place.driver)
      let control = RunControl()
      let pool = WorkerPool(
        database: PhysicalDatabase(driver: driver), registry: UpdateRegistry(), options: .fast,
        environment: UpdateRunner.Environment(control: control, logger: .silent))
      async let summary = pool.run(until: .forever)
      while !driver.hasBegun { try await Task.sleep(for: .milliseconds(5)) }
      control.stop()
      #expect(try await summary.isStopped)
      driver.giveUp()
    }
  }

  /// Nor by a run that is cancelled, which says so as anywhere else.
  @Test(.timeLimit(.minutes(3)), arguments: TestDatabase.availableEngines)
  func aCancelledRunDoesNotWaitForAConnection(engine: Engine) async throws {
    try await Workshop.with(engine) { shop in
      let driver = SilentDriver(shop.place.driver)
      let pool = WorkerPool(
        database: PhysicalDatabase(driver: driver), registry: UpdateRegistry(), options: .fast,
        environment: UpdateRunner.Environment(logger: .silent))
      let run = Task { try await pool.run(until: .forever) }
      while !driver.hasBegun { try await Task.sleep(for: .milliseconds(5)) }
      run.cancel()
      await #expect(throws: CancellationError.self) { _ = try await run.value }
      driver.giveUp()
    }
  }

  /// The session may be the application's, and live on: others must not wait for as long.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func anIndexBuildThatIsBrokenOffLeavesNoLock() async throws {
    let index = UpdateDeclaration(
      name: "index", kind: .index(.init(name: "ix", table: "numbers", columns: ["b"])))
    try await Workshop.with(.postgres, numbers: 10, [index.queueRow]) { shop in
      let writer = try await shop.place.open()
      try await writer.run {
        try $0.execute("BEGIN")
        try $0.execute("UPDATE numbers SET double = 1")
      }
      let (events, control) = (Events(), RunControl())
      let session = try await shop.place.open()
      let runner = UpdateRunner(
        session: session, database: shop.database, registry: UpdateRegistry(declarations: [index]),
        options: .fast, environment: UpdateRunner.Environment(control: control, logger: .silent),
        report: events.report)
      async let summary = runner.run()
      // It waits for the writer.
      _ = try await events.wait { if case .progress = $0 { true } else { nil } }
      control.stop()
      #expect(try await summary.isStopped)
      let locks = """
        SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """
      #expect(try await shop.values(locks) == [0])
      #expect(try await session.run { try $0.queryRow("SELECT 1")?[0] } == 1)
      try await writer.run { try $0.execute("ROLLBACK") }
    }
  }
}

/// Of a server that takes connections and does not answer.
private final class SilentDriver: ForwardingDriver {
  let base: any Driver
  private let state = Mutex((hasBegun: false, isOver: false))

  init(_ base: any Driver) { self.base = base }

  var hasBegun: Bool { state.withLock { $0.hasBegun } }

  func giveUp() { state.withLock { $0.isOver = true } }

  func open() throws -> any ConnectionBackend {
    state.withLock { $0.hasBegun = true }
    while !state.withLock({ $0.isOver }) { Thread.sleep(forTimeInterval: 0.002) }
    throw SQLError(.cannotConnect, "timeout expired")
  }
}
