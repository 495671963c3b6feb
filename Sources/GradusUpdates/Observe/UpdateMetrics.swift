import Metrics

/// The metrics of one worker. Their names are documented in the article BackgroundUpdates; they are part of what users rely on.
final class UpdateMetrics {
  private let factory: any MetricsFactory
  private let database: String
  private var byUpdate: [String: OfUpdate] = [:]
  private let unfinished: UnfinishedUpdates
  /// The signals that the last verdict was about.
  private var unhealthy: Set<HealthSignal> = []
  private let queued: Gauge
  private let parked: Gauge
  private let status: Gauge

  private struct OfUpdate {
    let batches: Counter
    let scanned: Counter
    let written: Counter
    let failures: Counter
    let size: Gauge
    let remaining: Gauge
    let duration: Timer
  }

  init(
    _ factory: any MetricsFactory, database: String, unfinished: UnfinishedUpdates = UnfinishedUpdates()
  ) {
    self.factory = factory
    self.unfinished = unfinished
    self.database = database
    let dimensions = [("database_name", database)]
    queued = Gauge(label: "gradus_updates_queued", dimensions: dimensions, factory: factory)
    parked = Gauge(label: "gradus_updates_parked", dimensions: dimensions, factory: factory)
    status = Gauge(label: "gradus_update_status", dimensions: dimensions, factory: factory)
  }

  private func metrics(of update: String) -> OfUpdate {
    if let metrics = byUpdate[update] { return metrics }
    let dimensions = [("database_name", database), ("update_name", update)]
    func counter(_ label: String) -> Counter {
      Counter(label: label, dimensions: dimensions, factory: factory)
    }
    func gauge(_ label: String) -> Gauge { Gauge(label: label, dimensions: dimensions, factory: factory) }
    let metrics = OfUpdate(
      batches: counter("gradus_update_batches_total"), scanned: counter("gradus_update_rows_scanned_total"),
      written: counter("gradus_update_rows_written_total"), failures: counter("gradus_update_failures_total"),
      size: gauge("gradus_update_batch_size"), remaining: gauge("gradus_update_rows_remaining"),
      duration: Timer(label: "gradus_update_batch_duration_seconds", dimensions: dimensions, factory: factory)
    )
    byUpdate[update] = metrics
    return metrics
  }

  private func health(_ signal: HealthSignal) -> Gauge {
    Gauge(
      label: "gradus_update_health",
      dimensions: [("database_name", database), ("signal", signal.rawValue)], factory: factory)
  }

  func record(_ event: UpdateEvent) {
    switch event {
    case .batch(let progress, let batch):
      let metrics = metrics(of: progress.name)
      metrics.batches.increment()
      metrics.scanned.increment(by: batch.scanned)
      metrics.written.increment(by: batch.written)
      metrics.size.record(batch.size)
      metrics.duration.record(duration: batch.duration)
      if let remaining = progress.remaining { metrics.remaining.record(remaining) }
      unfinished.insert(progress.name)
    case .completed(let certificate): forgetRemaining(certificate.name)
    case .failed(let name, _, _, _), .parked(let name, _): metrics(of: name).failures.increment()
    case .started, .takenOver, .progress, .waiting, .stalled, .health, .disconnected, .reconnected: break
    }
  }

  /// Records what was read last: the event tells of what batches do alone, and other signals or other values may be the reason
  /// while they do the same.
  func record(_ verdict: HealthVerdict) {
    for reading in verdict.readings { health(reading.signal).record(reading.value) }
    let signals = Set(verdict.readings.map(\.signal))
    for recovered in unhealthy.subtracting(signals) { health(recovered).record(0) }
    unhealthy = signals
  }

  private func forgetRemaining(_ name: String) {
    metrics(of: name).remaining.record(0)
    unfinished.remove(name)
  }

  /// - Parameters:
  ///   - queue: the queue as it was last read.
  ///   - isEnabled: whether the application lets updates run.
  ///   - decision: what the worker does next.
  func record(queue: [QueueEntry], isEnabled: Bool, decision: UpdateScheduler.Decision) {
    for name in unfinished.gone(from: queue) { forgetRemaining(name) }
    let parkedCount = queue.count { $0.parkedReason != nil }
    queued.record(queue.count)
    parked.record(parkedCount)
    let arePaused = !isEnabled || (!queue.isEmpty && queue.allSatisfy { $0.pausedBy != nil })
    // The homeserver's values: it gives up on all updates where this parks one.
    status.record(
      parkedCount > 0 ? -1 : arePaused ? 0 : decision == .finished ? 3 : decision.waitsForWindow ? 1 : 2)
  }
}
