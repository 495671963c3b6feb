import Synchronization

/// Makes one story of what the workers of a pool report.
///
/// Each worker knows how far an update is from readings of its own, some older than others; and that one of them has
/// nothing to do is no news while another works.
final class PoolReporter: Sendable {
  private let workers: Int
  private let tell: @Sendable (UpdateEvent) -> Void
  private let state = Mutex(PoolStory())

  init(workers: Int, tell: @escaping @Sendable (UpdateEvent) -> Void) {
    self.workers = workers
    self.tell = tell
  }

  /// Where one worker reports to.
  func report(of worker: Int) -> @Sendable (UpdateEvent) -> Void {
    if workers == 1 { return tell }
    return { event in
      // Told under the lock: what is told later was reported later.
      self.state.withLock { state in
        if let event = state.filtered(event, from: worker, of: self.workers) { self.tell(event) }
      }
    }
  }

  /// A worker leaves the work to the others.
  func leave(_ worker: Int) {
    state.withLock { state in
      if let event = state.leave(worker) { tell(event) }
    }
  }
}
