import Gradus
import GradusSQL

/// How far an update is, over all workers: read at most once a second and reckoned on in between.
///
/// Handlers may count to say what is left, which after every batch would make an update's time grow with the square of
/// its rows; and they are asked outside the batch's transaction, so that its locks are not held for a progress bar.
struct UpdateSnapshot: Sendable {
  private(set) var scanned = 0
  private(set) var written = 0
  private(set) var remaining: Int?
  private var readAt: ContinuousClock.Instant?

  /// A batch of this worker.
  mutating func add(_ count: BatchCount) {
    scanned += count.scanned
    written += count.written
    remaining = remaining.map { max(0, $0 - count.scanned) }
  }

  /// Reads anew where the last reading is old. A database that does not answer is no failure of the update.
  mutating func refresh(_ work: any UpdateWork, on session: Session) async {
    if let readAt, .now - readAt < .seconds(1) { return }
    readAt = .now
    let isShared = work is any RangedWork && session.engine == .postgres
    let read: (UpdateStatistics, Int?)? = try? await session.run { connection in
      let queue = UpdateQueue(connection: connection)
      guard let progress = try queue.progress(work.name) else { return nil }
      guard isShared else {
        return (
          try queue.statistics(work.name) ?? UpdateStatistics(),
          try work.estimateRemaining(progress, on: connection)
        )
      }
      return (
        try queue.statisticsWithRanges(work.name),
        try RangeLeases.remaining(work, past: progress, on: connection)
      )
    }
    guard let read else { return }
    (scanned, written, remaining) = (read.0.scanned, read.0.written, read.1)
  }
}
