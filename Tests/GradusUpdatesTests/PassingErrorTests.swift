import Gradus
import GradusSQL
import GradusTestSupport
import Testing

@testable import GradusUpdates

/// Errors outside batches that go by themselves: a lock that somebody else holds.
@Suite struct PassingErrorTests {
  private let queueRead = "coalesce(c.priority, 0)"
  private let parking = "INSERT INTO gradus_update_controls"

  /// Runs an update on a connection where statements fail, so many times.
  private func run(
    _ handler: any UpdateHandler, _ engine: Engine, failingAt text: String, times: Int,
    _ code: SQLError.Code = .lockTimeout, sqlState: String? = nil, extendedCode: Int32? = nil,
    until goal: RunGoal = .idle, _ environment: UpdateRunner.Environment = .quiet,
    report: @escaping @Sendable (UpdateEvent) -> Void = { _ in }
  ) async throws -> UpdateRunner.Summary {
    try await TestDatabase.withDatabase(engine) { place in
      let error = SQLError(code, "somebody has it", sqlState: sqlState, extendedCode: extendedCode)
      let driver = FailingDriver(place.driver, at: text, times: times, error)
      let session = try await Session.open(driver)
      try await session.run { try Numbers.make($0, count: 1) }
      try await session.transaction { try Numbers.queue($0, QueuedUpdate(name: handler.name)) }
      let summary = try await UpdateRunner(
        session: session, registry: UpdateRegistry(handlers: [handler]), options: .fast,
        environment: environment, report: report
      ).run(until: goal)
      #expect(driver.isSpent || times == .max)
      return summary
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func theQueueIsReadAgain(engine: Engine) async throws {
    let summary = try await run(Counting(), engine, failingAt: queueRead, times: 2)
    #expect(summary.completed == ["counting"])
  }

  /// An operator cancels what waits for a lock (`pg_cancel_backend`).
  @Test(arguments: TestDatabase.availableEngines)
  func aCancelledStatementIsReadAgain(engine: Engine) async throws {
    let summary = try await run(Counting(), engine, failingAt: queueRead, times: 2, .cancelled)
    #expect(summary.completed == ["counting"])
  }

  /// Others may have used it up, and an update that is parked for it waits for somebody to ask for another try.
  @Test(arguments: TestDatabase.availableEngines)
  func aLackOfMemoryParksNothing(engine: Engine) async throws {
    let (failing, events) = (Failing(), Events())
    let isPostgres = engine == .postgres
    let summary = try await run(
      failing, engine, failingAt: "UPDATE numbers", times: .max, .other, sqlState: isPostgres ? "53200" : nil,
      extendedCode: isPostgres ? nil : 7, report: events.report)
    #expect(summary.waiting["failing"]?.contains("somebody has it") == true, "\(summary.waiting)")
    #expect(failing.attempts.count == 3)
    #expect(!events.all.contains { if case .parked = $0 { true } else { false } })
  }

  /// A run that ends by itself does not try for ever, and one that does not end tries on.
  @Test(arguments: TestDatabase.availableEngines)
  func theQueueCannotBeRead(engine: Engine) async throws {
    let error = await #expect(throws: SQLError.self) {
      try await run(Counting(), engine, failingAt: queueRead, times: .max)
    }
    #expect(error?.code == .lockTimeout)
    let environment = UpdateRunner.Environment.quiet
    let summary = try await run(
      Counting(), engine, failingAt: queueRead, times: 4, until: .forever, environment
    ) { event in
      if case .completed = event { environment.control.stop() }
    }
    #expect(summary.completed == ["counting"])
  }

  /// Only what goes by itself is waited out.
  @Test(arguments: TestDatabase.availableEngines)
  func otherErrorsOfTheQueueEndTheRun(engine: Engine) async throws {
    let error = await #expect(throws: SQLError.self) {
      try await run(Counting(), engine, failingAt: queueRead, times: 1, .syntax)
    }
    #expect(error?.code == .syntax)
  }

  @Test(arguments: TestDatabase.availableEngines)
  func anUpdateIsParkedLater(engine: Engine) async throws {
    let (failing, events) = (Failing(), Events())
    let summary = try await run(failing, engine, failingAt: parking, times: 2, report: events.report)
    #expect(summary.waiting["failing"]?.hasPrefix("parked: ") == true, "\(summary.waiting)")
    #expect(failing.attempts.count == 5)
    #expect(events.all.count { if case .parked = $0 { true } else { false } } == 1)
  }

  @Test(arguments: TestDatabase.availableEngines)
  func anUpdateCannotBeParked(engine: Engine) async throws {
    let failing = Failing()
    let summary = try await run(failing, engine, failingAt: parking, times: .max)
    #expect(summary.waiting["failing"]?.contains("no_such_function") == true, "\(summary.waiting)")
    #expect(failing.attempts.count == 5)
  }

  /// The next run may have another role: this one leaves the update to it.
  @Test func aMissingRightParksNothing() async throws {
    guard TestDatabase.availableEngines.contains(.postgres) else { return }
    let (failing, events) = (Failing(), Events())
    let summary = try await run(
      failing, .postgres, failingAt: "UPDATE numbers", times: .max, .permissionDenied, report: events.report)
    #expect(summary.waiting["failing"]?.contains("somebody has it") == true, "\(summary.waiting)")
    #expect(failing.attempts.count == 3)
    #expect(!events.all.contains { if case .parked = $0 { true } else { false } })
  }
}
