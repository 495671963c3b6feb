import Gradus
import GradusSQL

/// How far an update is, over all workers: read at most once a second and reckoned on in between.
///
/// Handlers may count to say what is left, which after every batch, or every second on a large table, would take much of an
/// update's time; and they are asked outside the batch's transaction, so that its locks are not held for a progress bar.
struct UpdateSnapshot: Sendable {
  private(set) var scanned = 0
  private(set) var written = 0
  private var statisticsPace = ReadingPace()
  private var estimate = RemainingEstimate()

  /// What is left; nil where it is unknown.
  var remaining: Int? { estimate.remaining(scanned: scanned) }

  /// A batch of this worker.
  mutating func add(_ count: BatchCount) {
    scanned += count.scanned
    written += count.written
  }

  /// The update is complete: this is what it came to, over all processes.
  mutating func end(_ certificate: UpdateCertificate) {
    (scanned, written) = (certificate.scanned, certificate.written)
  }

  /// Reads anew where the last reading is old. A database that does not answer is no failure of the update.
  mutating func refresh(_ work: any UpdateWork, on session: Session) async {
    let start = ContinuousClock.now
    guard statisticsPace.isDue(at: start) else { return }
    let counts = estimate.pace.isDue(at: start)
    let before = estimate
    let read: (statistics: UpdateStatistics, estimate: RemainingEstimate)? = try? await session.run {
      connection in
      let queue = UpdateQueue(connection: connection)
      guard let progress = try queue.progress(work.name) else { return nil }
      let ranges = try RangeSummary.of(work.name, on: connection)
      var statistics = try queue.statistics(work.name) ?? UpdateStatistics()
      statistics.done.add(ranges.done)
      var estimate = before
      if counts {
        let remaining = try ranges.rowsLeft(of: work, past: progress, on: connection)
        estimate.record(remaining, scanned: statistics.done.scanned, progress: progress)
      }
      return (statistics, estimate)
    }
    if let read {
      (scanned, written) = (read.statistics.done.scanned, read.statistics.done.written)
      estimate = read.estimate
    }
    let end = ContinuousClock.now
    statisticsPace.record(.zero, at: end)
    if counts { estimate.pace.record(end - start, at: end) }
  }
}
