import Gradus
import GradusSQL

/// Tells the caller, the log and the metrics what a worker does.
final class UpdateObserver {
  private let tell: @Sendable (UpdateEvent) -> Void
  private let log: UpdateLog
  private let metrics: UpdateMetrics
  private let start = ContinuousClock.now

  init(_ runner: UpdateRunner, database: String) {
    tell = runner.report
    log = UpdateLog(runner.environment.logger, database: database)
    metrics = UpdateMetrics(
      runner.environment.metrics, database: database, unfinished: runner.unfinished)
  }

  /// Seconds since the worker began, on a clock that does not stop.
  var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }

  func report(_ event: UpdateEvent) {
    tell(event)
    log.record(event)
    metrics.record(event)
  }

  /// An error that changes nothing, for the log alone.
  ///
  /// - Parameter what: what did not succeed.
  func note(_ error: SQLError, _ what: String) { log.note(error, what) }

  func update(health verdict: HealthVerdict) { metrics.record(verdict) }

  func update(queue: [QueueEntry], isEnabled: Bool, decision: UpdateScheduler.Decision) {
    metrics.record(queue: queue, isEnabled: isEnabled, decision: decision)
  }
}
