import Synchronization

/// An application's hold on its running updates: pause and resume them, stop them within a batch.
///
/// One control may serve the runners of several databases. What it says lasts as long as the process; a pause that
/// outlives it is written by `QueueControls`.
public final class RunControl: Sendable {
  private struct State {
    var isPaused = false
    var paused: Set<String> = []
    var isStopping = false
    var sleepers: [Int: AsyncStream<Void>.Continuation] = [:]
    var nextSleeper = 0
    var wakes = 0
  }

  private let state = Mutex(State())

  /// Everything runs.
  public init() {}

  /// Whether updates run at all in this process. The flag of the admin API, which is for all processes, is
  /// `QueueControls.isPaused`.
  public var isEnabled: Bool { state.withLock { !$0.isPaused } }

  /// Lets no further batch start.
  ///
  /// - Parameter name: the update; nil for all.
  public func pause(_ name: String? = nil) {
    state.withLock { state in
      if let name { state.paused.insert(name) } else { state.isPaused = true }
    }
    wake()
  }

  /// Takes a pause back. A pause of all does not touch those of single updates, nor the other way round.
  ///
  /// - Parameter name: the update; nil for all.
  public func resume(_ name: String? = nil) {
    state.withLock { state in
      if let name { state.paused.remove(name) } else { state.isPaused = false }
    }
    wake()
  }

  /// Whether a batch of this update may not start.
  public func isPaused(_ name: String) -> Bool {
    state.withLock { $0.isPaused || $0.paused.contains(name) }
  }

  /// Ends all runs after the batch under way. What takes as long as a table is large is broken off, as it would be by a
  /// crash: an index build, the validation of a constraint, an update that does all its work in one batch, and looking for
  /// rows that an update has left.
  public func stop() {
    state.withLock { $0.isStopping = true }
    wake()
  }

  /// Whether `stop` was called.
  public var isStopping: Bool { state.withLock { $0.isStopping } }

  /// Wakes runners that wait for something to do, so that they look at the queue at once. The pause before a batch is no
  /// shorter for it.
  public func wake() {
    let sleepers = state.withLock { state in
      state.wakes += 1
      defer { state.sleepers = [:] }
      return Array(state.sleepers.values)
    }
    for sleeper in sleepers { sleeper.finish() }
  }

  /// How often `wake` was called.
  var wakes: Int { state.withLock(\.wakes) }

  /// Sleeps, but wakes early at `wake`; at once where a stop was asked for.
  ///
  /// - Parameter wakes: how often it had been called before the queue was looked at, after which no call goes unheard;
  ///   nil where nothing was looked at.
  func sleep(for duration: Duration, unlessWokenSince wakes: Int? = nil) async throws {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    let id: Int? = state.withLock { state in
      guard !state.isStopping, wakes == nil || wakes == state.wakes else { return nil }
      state.nextSleeper += 1
      state.sleepers[state.nextSleeper] = continuation
      return state.nextSleeper
    }
    guard let id else { return }
    defer { state.withLock { _ = $0.sleepers.removeValue(forKey: id) } }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await Task.sleep(for: duration) }
      group.addTask { for await _ in stream {} }
      defer { group.cancelAll() }
      try await group.next()
    }
    try Task.checkCancellation()
  }
}
