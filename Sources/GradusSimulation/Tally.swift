import Synchronization

/// Which histories have been handed out, and which have failed.
final class Tally: Sendable {
  private struct State {
    var next = 0
    var done = 0
    var firstFailure: Failure?
  }

  /// What was found in the history of a seed.
  struct Failure {
    let seed: UInt64
    let finding: String
  }

  private let count: Int
  private let state = Mutex(State())

  init(count: Int) { self.count = count }

  /// The next history to play; nil where all are handed out or one has failed.
  func next() -> Int? {
    state.withLock { state in
      guard state.next < count, state.firstFailure == nil else { return nil }
      defer { state.next += 1 }
      return state.next
    }
  }

  /// - Returns: how many have been played.
  func record(_ seed: UInt64, finding: String?) -> Int {
    state.withLock { state in
      if let finding, seed <= state.firstFailure?.seed ?? .max {
        state.firstFailure = Failure(seed: seed, finding: finding)
      }
      state.done += 1
      return state.done
    }
  }

  var firstFailure: Failure? { state.withLock(\.firstFailure) }
}
