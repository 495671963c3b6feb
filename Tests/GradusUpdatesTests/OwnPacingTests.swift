import GradusTestSupport
import GradusUpdates
import Testing

/// What the article BackgroundUpdates shows of an application's own pacing, word for word.
@Suite struct OwnPacingTests {
  /// Makes way for the shop's customers.
  struct QuietHours: UpdateScope {
    let customers: @Sendable () -> Int

    func enter() async throws -> Int {
      while customers() > 100 { try await Task.sleep(for: .seconds(1)) }
      return customers() == 0 ? 500 : 50  // milliseconds for the next batch
    }
  }

  @Test func anApplicationsOwnPacing() async throws {
    let customers: @Sendable () -> Int = { 0 }

    let pacing = UpdatePacing()
    pacing.register(
      ControllerCallbacks(
        onUpdate: { updateName, databaseName, oneShot in QuietHours(customers: customers) },
        defaultBatchSize: { updateName, databaseName in 200 }))
    let environment = UpdateRunner.Environment(
      pacing: pacing, logger: .silent)

    try await Workshop.with(.sqlite, numbers: 300, [Numbers.backfill.queueRow]) { shop in
      let registry = UpdateRegistry(declarations: [Numbers.backfill])
      let events = Events()
      let runner = try await shop.runner(registry, UpdateOptions(), environment, report: events.report)
      #expect(try await runner.run().completed == ["double"])
      let sizes = events.all.compactMap { if case .batch(_, let batch) = $0 { batch.size } else { nil } }
      #expect(sizes.first == 200)
    }
  }
}
