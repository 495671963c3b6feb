import Gradus
import GradusSQL
import GradusTestSupport
import Testing

@testable import GradusUpdates

/// Why nothing can run is reported when it changes, and not each time that it is looked at.
@Suite struct WaitingReportTests {
  private func waits(_ events: Events) -> Int {
    events.all.count { if case .waiting = $0 { true } else { false } }
  }

  @Test func whoWaitsForAnotherProcessSaysSoOnce() async throws {
    try await Workshop.with(.sqlite, numbers: 10, [Numbers.backfill.queueRow]) { shop in
      var turn = WorkerTurn(shop.database.driver)
      #expect(try turn.begin() == nil)
      let (events, environment) = (Events(), UpdateRunner.Environment.quiet)
      async let summary = shop.runner(
        UpdateRegistry(declarations: [Numbers.backfill]), .fast, environment, report: events.report
      ).run(until: .forever)
      _ = try await events.wait { if case .waiting(let reasons) = $0 { reasons } else { nil } }
      // It asks again each half second.
      try await Task.sleep(for: .milliseconds(1_200))
      #expect(waits(events) == 1)
      turn.end()
      _ = try await events.wait { if case .completed(let certificate) = $0 { certificate } else { nil } }
      environment.control.stop()
      _ = try await summary
    }
  }

  /// One by its row, the other by its declaration, of which neither the queue nor the files tell alone.
  @Test(arguments: TestDatabase.availableEngines)
  func updatesThatWaitForEachOtherAreTold(engine: Engine) async throws {
    let declared = UpdateDeclaration(name: "counting", kind: .handler, dependsOn: ["double"])
    let updates = [QueuedUpdate(name: "counting"), QueuedUpdate(name: "double", dependsOn: "counting")]
    try await Workshop.with(engine, numbers: 10, updates) { shop in
      let (events, environment) = (Events(), UpdateRunner.Environment.quiet)
      async let summary = shop.runner(
        UpdateRegistry(handlers: [Counting()], declarations: [declared, Numbers.backfill]), .fast,
        environment, report: events.report
      ).run(until: .forever)
      let reasons = try await events.wait { if case .waiting(let reasons) = $0 { reasons } else { nil } }
      #expect(reasons == ["counting": "waits for 'double'", "double": "waits for 'counting'"])
      environment.control.stop()
      _ = try await summary
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func anUpdateThatIsTriedAgainMakesNothingElseNews(engine: Engine) async throws {
    let updates = [QueuedUpdate(name: "failing"), QueuedUpdate(name: "counting", ordering: 1)]
    try await Workshop.with(engine, numbers: 1, updates) { shop in
      try await shop.control { try $0.pause("counting") }
      let (events, environment) = (Events(), UpdateRunner.Environment.quiet)
      async let summary = shop.runner(
        UpdateRegistry(handlers: [Failing(), Counting()], declarations: [Numbers.backfill]),
        .fast(10, attempts: 100), environment, report: events.report
      ).run(until: .forever)
      _ = try await events.wait { if case .failed(_, _, 4, _) = $0 { true } else { nil } }
      #expect(waits(events) == 1)
      // What was told before is news again once a batch has run.
      try await shop.session.transaction { try Numbers.queue($0, Numbers.backfill.queueRow) }
      _ = try await events.wait { if case .completed(let certificate) = $0 { certificate } else { nil } }
      for _ in 0..<12_000 where waits(events) < 2 { try await Task.sleep(for: .milliseconds(5)) }
      #expect(waits(events) == 2)
      environment.control.stop()
      _ = try await summary
    }
  }
}
