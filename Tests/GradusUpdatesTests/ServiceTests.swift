import Gradus
import GradusService
import GradusSQL
import GradusTestSupport
import Logging
import ServiceLifecycle
import Testing

@testable import GradusUpdates

@Suite struct ServiceTests {
  /// A service runs what is queued when it starts and what is queued later, and ends within a batch of a shutdown.
  @Test(arguments: TestDatabase.availableEngines)
  func servesUntilTheShutdown(engine: Engine) async throws {
    try await Workshop.with(engine, numbers: 40, [Numbers.backfill.queueRow]) { shop in
      let (events, environment) = (Events(), UpdateRunner.Environment(logger: TestLog().logger))
      let service = UpdateService(
        databases: [shop.database],
        registry: UpdateRegistry(handlers: [Counting()], declarations: [Numbers.backfill]), options: .fast,
        environment: environment, report: events.report)
      let group = ServiceGroup(services: [service], logger: environment.logger)
      async let end: Void = group.run()
      func completion(of name: String) async throws {
        _ = try await events.wait { event in
          if case .completed(let certificate) = event, certificate.name == name { true } else { nil }
        }
      }
      try await completion(of: "double")
      try await shop.session.transaction { try Numbers.queue($0, QueuedUpdate(name: "counting")) }
      environment.control.wake()
      try await completion(of: "counting")
      await group.triggerGracefulShutdown()
      try await end
      #expect(environment.control.isStopping)
    }
  }

  /// Of several databases that cannot be used only one error can be thrown.
  @Test(arguments: TestDatabase.availableEngines)
  func eachFailureIsLogged(engine: Engine) async throws {
    try await Workshop.with(engine) { shop in
      let log = TestLog()
      let driver = StatementDriver(shop.place.driver) { sql in
        if sql.contains("gradus_update_controls") { throw SQLError(.other, "out of order") }
      }
      let service = UpdateService(
        databases: ["one", "two"].map { PhysicalDatabase(name: $0, driver: driver, databases: [.main]) },
        registry: UpdateRegistry(), options: .fast,
        environment: UpdateRunner.Environment(logger: log.logger), until: .idle)
      let error = await #expect(throws: SQLError.self) { try await service.run() }
      #expect(error?.database == "one")
      let failed = log.lines.filter { $0.level == .error }.compactMap { $0.metadata["database"] }
      #expect(Set(failed.map { "\($0)" }) == ["one", "two"], "\(log.lines)")
    }
  }
}
