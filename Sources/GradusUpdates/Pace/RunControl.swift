import Synchronization

/// An application's hold on its running updates: pause and resume them, stop them within a batch, see what runs.
///
/// One control may serve the runners of several databases. What it says lasts as long as the process; a pause that
/// outlives it is written by `QueueControls`.
public final class RunControl: Sendable {
  /// The update that a runner is at.
  public struct CurrentUpdate: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// Rows that this process has looked at.
    public var totalItemCount = 0
    /// Time that this process has spent in batches, in milliseconds.
    public var totalDurationMs = 0.0
    /// The moving average that the next batch's size comes from; nil before the first batch.
    public var averageItemsPerMs: Double?
  }

  private struct State {
    var isPaused = false
    var paused: Set<String> = []
    var isStopping = false
    var current: [String: CurrentUpdate] = [:]
    var sleepers: [Int: AsyncStream<Void>.Continuation] = [:]
    var nextSleeper = 0
  }

  private let state = Mutex(State())

  /// Everything runs.
  public init() {}

  /// Whether updates run at all; the flag of the admin API.
  public var isEnabled: Bool { state.withLock { !$0.isPaused } }

  /// What each database's runner is at.
  public var current: [String: CurrentUpdate] { state.withLock { $0.current } }

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

  /// Ends all runs after the batch under way; an index build is broken off, as it would be by a crash.
  public func stop() {
    state.withLock { $0.isStopping = true }
    wake()
  }

  /// Whether `stop` was called.
  public var isStopping: Bool { state.withLock { $0.isStopping } }

  /// Wakes runners that sleep, so that they look at the queue at once.
  public func wake() {
    let sleepers = state.withLock { state in
      defer { state.sleepers = [:] }
      return Array(state.sleepers.values)
    }
    for sleeper in sleepers { sleeper.finish() }
  }

  func setCurrent(_ update: CurrentUpdate?, database: String) {
    state.withLock { $0.current[database] = update }
  }

  /// Sleeps, but wakes early at `wake`; at once where a stop was asked for.
  func sleep(for duration: Duration) async throws {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    let id: Int? = state.withLock { state in
      guard !state.isStopping else { return nil }
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
