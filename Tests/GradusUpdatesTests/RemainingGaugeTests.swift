import Gradus
import MetricsTestKit
import Testing

@testable import GradusUpdates

@Suite struct RemainingGaugeTests {
  /// Of processes that share an update one completes it: to the others no rows remain either.
  @Test func whatAnotherProcessHasCompletedHasNoRowsLeft() throws {
    let test = TestMetrics()
    let metrics = UpdateMetrics(test, database: "master")
    func remaining() throws -> Double? {
      try test.expectGauge(
        "gradus_update_rows_remaining", [("database_name", "master"), ("update_name", "double")]
      ).lastValue
    }
    metrics.record(
      .batch(
        UpdateProgressReport(name: "double", scanned: 10, written: 10, remaining: 90, isComplete: false),
        BatchReport(size: 10, scanned: 10, written: 10, duration: .zero)))
    let entry = QueueEntry(QueuedUpdate(name: "double"))
    metrics.record(queue: [entry], isEnabled: true, decision: .run("double"))
    #expect(try remaining() == 90)
    metrics.record(queue: [], isEnabled: true, decision: .finished)
    #expect(try remaining() == 0)
  }

  /// The worker of the next connection is another one.
  @Test func whatWasCompletedDuringAnOutageHasNoRowsLeft() throws {
    let (test, unfinished) = (TestMetrics(), UnfinishedUpdates())
    let dimensions = [("database_name", "master"), ("update_name", "double")]
    UpdateMetrics(test, database: "master", unfinished: unfinished).record(
      .batch(
        UpdateProgressReport(name: "double", scanned: 10, written: 10, remaining: 90, isComplete: false),
        BatchReport(size: 10, scanned: 10, written: 10, duration: .zero)))
    #expect(try test.expectGauge("gradus_update_rows_remaining", dimensions).lastValue == 90)
    UpdateMetrics(test, database: "master", unfinished: unfinished).record(
      queue: [], isEnabled: true, decision: .finished)
    #expect(try test.expectGauge("gradus_update_rows_remaining", dimensions).lastValue == 0)
  }
}
