import Gradus
import GradusSQL

/// How far an update is, over all workers: read at most once a second and reckoned on in between.
///
/// Handlers may count to say what is left, which after every batch, or every second on a large table, would take much of an
/// update's time; and they are asked outside the batch's transaction, so that its locks are not held for a progress bar.
struct UpdateSnapshot: Sendable {
  /// What was left when so many rows had been looked at.
  private struct Estimate: Sendable {
    var remaining: Int?
    var scanned: Int
  }

  private(set) var scanned = 0
  private(set) var written = 0
  private var estimate: Estimate?
  private var statisticsPace = ReadingPace()
  private var estimatePace = ReadingPace()

  /// What is left; nil where it is unknown.
  var remaining: Int? {
    estimate.flatMap { estimate in
      estimate.remaining.map { max(0, $0 - max(0, scanned - estimate.scanned)) }
    }
  }

  /// A batch of this worker.
  mutating func add(_ count: BatchCount) {
    scanned += count.scanned
    written += count.written
  }

  /// Reads anew where the last reading is old. A database that does not answer is no failure of the update.
  mutating func refresh(_ work: any UpdateWork, on session: Session) async {
    let start = ContinuousClock.now
    guard statisticsPace.isDue(at: start) else { return }
    let estimates = estimatePace.isDue(at: start)
    let read: (statistics: UpdateStatistics, estimate: Estimate?)? = try? await session.run { connection in
      let queue = UpdateQueue(connection: connection)
      guard let progress = try queue.progress(work.name) else { return nil }
      let statistics = try queue.statisticsWithRanges(work.name)
      guard estimates else { return (statistics, nil) }
      let remaining = try RangeLeases.remaining(work, past: progress, on: connection)
      return (statistics, Estimate(remaining: remaining, scanned: statistics.scanned))
    }
    let end = ContinuousClock.now
    statisticsPace.record(.zero, at: end)
    if estimates { estimatePace.record(end - start, at: end) }
    guard let read else { return }
    (scanned, written) = (read.statistics.scanned, read.statistics.written)
    if let estimate = read.estimate { self.estimate = estimate }
  }
}
