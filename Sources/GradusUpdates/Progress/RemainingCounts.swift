import Gradus
import GradusSQL
import Synchronization

/// What is left of a database's queued updates, for those who ask again and again: counted so seldom that it takes little
/// of the time.
package final class RemainingCounts: Sendable {
  private struct State {
    var estimates: [String: RemainingEstimate] = [:]
    /// How many updates are queued.
    var updates = 1
  }

  private let state = Mutex(State())

  package init() {}

  /// Forgets updates that are no longer queued.
  func keep(_ names: Set<String>) {
    state.withLock { state in
      state.estimates = state.estimates.filter { names.contains($0.key) }
      state.updates = max(1, names.count)
    }
  }

  /// What is left of an update, by its own estimate and the ranges that workers have.
  ///
  /// - Parameters:
  ///   - work: the update.
  ///   - progress: what the queue says.
  ///   - ranges: the ranges that workers have.
  ///   - scanned: rows looked at so far.
  ///   - connection: where it is counted.
  /// - Returns: nil where the update cannot tell.
  func remaining(
    of work: any UpdateWork, past progress: String, _ ranges: RangeSummary, scanned: Int,
    on connection: Connection
  ) throws -> Int? {
    let start = ContinuousClock.now
    let (known, updates) = state.withLock { ($0.estimates[work.name], $0.updates) }
    var estimate = known ?? RemainingEstimate(pace: ReadingPace(leastPause: .zero))
    if estimate.isDue(scanned: scanned, progress: progress, at: start) {
      let remaining = try ranges.rowsLeft(of: work, past: progress, on: connection)
      let end = ContinuousClock.now
      estimate.record(remaining, scanned: scanned, progress: progress)
      estimate.pace.record(end - start, among: updates, at: end)
      state.withLock { [estimate] in $0.estimates[work.name] = estimate }
    }
    return estimate.remaining(scanned: scanned)
  }
}
