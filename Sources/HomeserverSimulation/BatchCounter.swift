import GradusUpdates
import Synchronization

/// Stops a run after some batches.
final class BatchCounter: Sendable {
  private let left: Mutex<Int>
  private let control: RunControl

  init(limit: Int, control: RunControl) {
    left = Mutex(limit)
    self.control = control
  }

  var report: @Sendable (UpdateEvent) -> Void {
    { event in
      guard case .batch = event else { return }
      let isLast = self.left.withLock { left in
        left -= 1
        return left <= 0
      }
      if isLast { self.control.stop() }
    }
  }
}
