import Gradus
import GradusSQL
import Synchronization

/// What is left of a database's queued updates, for those who ask again and again: counted so seldom that it takes little
/// of the time.
package final class RemainingCounts: Sendable {
  private let estimates = Mutex<[String: RemainingEstimate]>([:])

  package init() {}

  /// Forgets updates that are no longer queued.
  func keep(_ names: Set<String>) {
    estimates.withLock { estimates in estimates = estimates.filter { names.contains($0.key) } }
  }

  /// What is left of an update, by its own estimate and the ranges that workers have.
  ///
  /// - Parameters:
  ///   - work: the update.
  ///   - progress: what the queue says.
  ///   - scanned: rows looked at so far.
  ///   - connection: where it is counted.
  /// - Returns: nil where the update cannot tell.
  func remaining(
    of work: any UpdateWork, past progress: String, scanned: Int, on connection: Connection
  ) throws -> Int? {
    let start = ContinuousClock.now
    var estimate =
      estimates.withLock { $0[work.name] } ?? RemainingEstimate(pace: ReadingPace(leastPause: .zero))
    if estimate.isDue(scanned: scanned, progress: progress, at: start) {
      let remaining = try RangeLeases.remaining(work, past: progress, on: connection)
      let end = ContinuousClock.now
      estimate.record(remaining, scanned: scanned, progress: progress)
      estimate.pace.record(end - start, at: end)
      estimates.withLock { $0[work.name] = estimate }
    }
    return estimate.remaining(scanned: scanned)
  }
}
