import Gradus
import GradusSQL
import GradusTestSupport
import Testing

@testable import GradusUpdates

/// A worker that fails on its way to an update's first batch: PostgreSQL only, as there are no holds on SQLite.
@Suite(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
struct TakingUpTests {
  /// Reading what was learnt of the update, and having a parked one tried again.
  static let steps = ["FROM gradus_updates u WHERE u.update_name = $1", "AND parked_at IS NOT NULL"]

  @Test(arguments: steps)
  func whatFailsLeavesNoHold(step: String) async throws {
    try await Workshop.with(.postgres, [QueuedUpdate(name: "counting")]) { shop in
      let registry = UpdateRegistry(handlers: [Counting()])
      let driver = FailingDriver(
        shop.place.driver, at: step, times: .max, SQLError(.statementTimeout, "it takes long"))
      let runner = UpdateRunner(
        session: try await Session.open(driver), registry: registry, options: .fast, environment: .quiet)
      let waiting = try await runner.run(["counting"]).waiting
      #expect(waiting["counting"]?.contains("it takes long") == true, "\(waiting)")
      #expect(try await shop.values("SELECT holder FROM gradus_update_leases").isEmpty)
      #expect(try await shop.runner(registry).run().completed == ["counting"])
    }
  }
}
