import Gradus
import GradusSQL
import GradusTestSupport
import Logging
import Synchronization
import Testing

@testable import GradusUpdates

/// Remembers how it was used.
private final class Recorder: Sendable {
  let lines = Mutex<[String]>([])
  func add(_ line: String) { lines.withLock { $0.append(line) } }

  struct Scope: UpdateScope {
    let recorder: Recorder
    func enter() async throws -> Int {
      recorder.add("enter")
      return 250
    }
    func leave() async { recorder.add("leave") }
  }

  var callbacks: ControllerCallbacks {
    ControllerCallbacks(
      onUpdate: { update, database, oneShot in
        self.add("\(update) on \(database)\(oneShot ? ", one shot" : "")")
        return Scope(recorder: self)
      },
      defaultBatchSize: { _, _ in 40 }, minBatchSize: { _, _ in 0 })
  }
}

@Suite struct PacingTests {
  @Test(arguments: TestDatabase.availableEngines)
  func callbacksSurroundEachIteration(engine: Engine) async throws {
    let (recorder, pacing) = (Recorder(), UpdatePacing())
    #expect(pacing.register(recorder.callbacks))
    let index = UpdateDeclaration(
      name: "index", kind: .index(.init(name: "ix", table: "numbers", columns: ["b"])), ordering: 5)
    let registry = UpdateRegistry(handlers: [Counting()], declarations: [index])
    try await Workshop.with(engine, [QueuedUpdate(name: "counting"), index.queueRow]) { shop in
      let events = Events()
      let environment = UpdateRunner.Environment.quiet(pacing)
      // The options' pause is the default callback's business, which is not asked here.
      let options = UpdateOptions(batches: BatchOptions(pause: .seconds(3_600)))
      let summary = try await shop.runner(registry, options, environment, report: events.report).run()
      #expect(summary.completed == ["counting", "index"])
      let iteration = ["counting on master", "enter", "leave"]
      let expected =
        Array(repeating: iteration, count: 5).joined() + ["index on master, one shot", "enter", "leave"]
      #expect(recorder.lines.withLock { $0 } == Array(expected))
      let sizes = events.all.compactMap { if case .batch(_, let batch) = $0 { batch.size } else { nil } }
      #expect(sizes.first == 40)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func theScopeIsLeftWhenABatchFails(engine: Engine) async throws {
    let (recorder, pacing) = (Recorder(), UpdatePacing())
    pacing.register(recorder.callbacks)
    try await Workshop.with(engine, [QueuedUpdate(name: "failing")]) { shop in
      let runner = try await shop.runner(
        UpdateRegistry(handlers: [Failing()]), .fast(1, attempts: 2), .quiet(pacing))
      _ = try await runner.run()
      let iteration = ["failing on master", "enter", "leave"]
      #expect(recorder.lines.withLock { $0 } == iteration + iteration)
    }
  }

  @Test func theFirstRegistrationWins() {
    let log = TestLog()
    let pacing = UpdatePacing(logger: log.logger)
    let (first, second) = (Recorder(), Recorder())
    #expect(pacing.register(first.callbacks))
    #expect(log.lines.isEmpty)
    #expect(!pacing.register(second.callbacks))
    #expect(log.lines.map(\.level) == [.warning])
    _ = pacing.callbacks?.onUpdate("x", "y", false)
    #expect(first.lines.withLock { $0 } == ["x on y"])
    #expect(second.lines.withLock { $0 }.isEmpty)
  }
}
