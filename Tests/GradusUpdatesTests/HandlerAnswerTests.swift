import Gradus
import GradusSQL
import GradusTestSupport
import MetricsTestKit
import Testing

@testable import GradusUpdates

/// Handlers whose answers make no sense, or whose errors are not about the run.
@Suite struct HandlerAnswerTests {
  /// Tells a number wherever one is asked for.
  private struct Telling: UpdateHandler {
    struct Progress: UpdateProgress, Codable { var batches: Int? }
    let name = "telling"
    let number: Int

    func runBatch(
      _ progress: Progress, size: Int, on connection: Connection
    ) throws -> BatchResult<Progress> {
      let batches = (progress.batches ?? 0) + 1
      return BatchResult(
        next: batches < 4 ? Progress(batches: batches) : nil, scanned: number, written: number,
        skipped: ["odd": number])
    }

    func estimateRemaining(_ progress: Progress, on connection: Connection) throws -> Int? { number }
  }

  /// A counter that is to go down ends the process, with some metrics.
  @Test(arguments: TestDatabase.availableEngines, [-5, Int.min, Int.max])
  func anyNumberOfRowsWillDo(engine: Engine, number: Int) async throws {
    try await Workshop.with(engine, [QueuedUpdate(name: "telling")]) { shop in
      let metrics = TestMetrics()
      let environment = UpdateRunner.Environment(logger: .silent, metrics: metrics)
      let registry = UpdateRegistry(handlers: [Telling(number: number)])
      let summary = try await shop.runner(registry, .fast(10), environment).run()
      #expect(summary.completed == ["telling"], "\(summary)")
      let labels = [("database_name", "master"), ("update_name", "telling")]
      for label in ["gradus_update_rows_scanned_total", "gradus_update_rows_written_total"] {
        let counter = try metrics.expectCounter(label, labels)
        #expect(counter.values.allSatisfy { $0 >= 0 }, "\(label)")
      }
      let remaining = try metrics.expectGauge("gradus_update_rows_remaining", labels)
      #expect(remaining.values.allSatisfy { $0 >= 0 })
    }
  }

  /// Throws what the run itself would where it is cancelled.
  private struct GivingUp: UpdateHandler {
    let name = "giving_up"

    func runBatch(_ progress: NoProgress, size: Int, on connection: Connection) throws -> BatchResult<
      NoProgress
    > {
      throw CancellationError()
    }
  }

  /// A service that ended by it would end the application.
  @Test(arguments: TestDatabase.availableEngines)
  func aCancellationThatIsNotTheRunsIsAFailure(engine: Engine) async throws {
    let updates = [QueuedUpdate(name: "giving_up"), QueuedUpdate(name: "counting", ordering: 1)]
    try await Workshop.with(engine, updates) { shop in
      let registry = UpdateRegistry(handlers: [GivingUp(), Counting()])
      let summary = try await shop.runner(registry, .fast(10, attempts: 1)).run()
      #expect(summary.completed == ["counting"])
      #expect(summary.waiting["giving_up"]?.contains("CancellationError") == true, "\(summary.waiting)")
    }
  }

  /// The application's own code may end by one when the application stops.
  @Test(arguments: TestDatabase.availableEngines)
  func aCancellationAtAStopIsNoFailure(engine: Engine) async throws {
    try await Workshop.with(engine, [QueuedUpdate(name: "counting")]) { (shop) async throws in
      let control = RunControl()
      let pacing = UpdatePacing.calling { _ in
        control.stop()
        throw CancellationError()
      }
      let events = Events()
      let runner = try await shop.runner(
        UpdateRegistry(handlers: [Counting()]), .fast(10, attempts: 1),
        UpdateRunner.Environment(control: control, pacing: pacing, logger: .silent), report: events.report)
      let summary = try await runner.run()
      #expect(summary.isStopped)
      let hasFailed = events.all.contains { event in
        switch event {
        case .failed, .parked: true
        default: false
        }
      }
      #expect(!hasFailed)
      let parked = try await shop.values(
        "SELECT count(*) FROM gradus_update_controls WHERE parked_at IS NOT NULL")
      #expect(parked == [0])
    }
  }

  /// Finds the same range again and again, without any row.
  private struct Standing: RangedUpdateHandler {
    struct Progress: UpdateProgress, Codable { var count: Int? }
    let name = "standing"

    func runBatch(_ progress: Progress, upTo end: Progress?, size: Int, on connection: Connection) throws
      -> BatchResult<Progress>
    {
      .end
    }

    func nextRange(past progress: Progress, rows: Int, on connection: Connection) throws -> UpdateRange<
      Progress
    >? {
      UpdateRange(start: Progress(count: 1), end: Progress(count: 1), rows: 1)
    }
  }

  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)), .timeLimit(.minutes(1)))
  func rangesThatComeNowhereAreNotCutForEver() async throws {
    try await Workshop.with(.postgres, [QueuedUpdate(name: "standing")]) { shop in
      let registry = UpdateRegistry(handlers: [Standing()])
      let summary = try await shop.runner(registry, .fast(10, attempts: 1)).run()
      #expect(summary.waiting["standing"]?.contains("does not get on") == true, "\(summary)")
    }
  }
}
