import Synchronization

/// Which workers of a pool are still there, so that one that cannot connect knows whether others do its work.
final class PoolPresence: Sendable {
  private struct State {
    /// The first, before the others come.
    var present = 1
    var isOpen = false
    var hasEnded = false
  }

  private let workers: Int
  private let state = Mutex(State())

  /// - Parameter workers: how many there are to be.
  init(workers: Int) { self.workers = workers }

  /// The first worker has a connection, so that the others come; they count from now on.
  func open() {
    state.withLock { state in
      if !state.isOpen { (state.isOpen, state.present) = (true, workers) }
    }
  }

  /// A worker has come to the run's end: nothing is left to do.
  func end() {
    state.withLock { state in
      state.present -= 1
      state.hasEnded = true
    }
  }

  /// A worker gives up.
  ///
  /// - Returns: whether others do its work, or all of it is done.
  func leave() -> Bool {
    state.withLock { state in
      state.present -= 1
      return state.present > 0 || state.hasEnded
    }
  }
}
