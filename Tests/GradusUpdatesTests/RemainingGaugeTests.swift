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
}
