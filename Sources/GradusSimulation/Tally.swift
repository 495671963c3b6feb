import Synchronization

/// Which histories have been handed out, and which have failed.
final class Tally: Sendable {
  private struct State {
    var next = 0
    var done = 0
    var firstFailing: UInt64?
  }

  private let count: Int
  private let state = Mutex(State())

  init(count: Int) { self.count = count }

  /// The next history to play; nil where all are handed out or one has failed.
  func next() -> Int? {
    state.withLock { state in
      guard state.next < count, state.firstFailing == nil else { return nil }
      defer { state.next += 1 }
      return state.next
    }
  }

  /// - Returns: how many have been played.
  func record(_ seed: UInt64, fails: Bool) -> Int {
    state.withLock { state in
      if fails { state.firstFailing = min(state.firstFailing ?? seed, seed) }
      state.done += 1
      return state.done
    }
  }

  var firstFailing: UInt64? { state.withLock { $0.firstFailing } }
}
