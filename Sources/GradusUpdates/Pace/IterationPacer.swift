import Gradus

/// Answers, for one worker, what callbacks or options say about the next iteration.
struct IterationPacer: Sendable {
  let options: BatchOptions
  let pacing: UpdatePacing
  let control: RunControl
  let database: String

  func scope(of work: any UpdateWork, minPause: Duration) -> any UpdateScope {
    if let callbacks = pacing.callbacks { return callbacks.onUpdate(work.name, database, work.isOneShot) }
    return SleepingScope(
      control: control, update: work.name, pause: max(options.pause, minPause),
      target: options.targetDuration.milliseconds)
  }

  /// The default size and the smallest size of a batch.
  func sizes(of name: String) async throws -> (default: Int, min: Int) {
    let callbacks = pacing.callbacks
    let smallest = try await callbacks?.minBatchSize?(name, database) ?? options.minBatchSize
    let first = try await callbacks?.defaultBatchSize?(name, database) ?? options.defaultBatchSize
    return (max(1, first), max(1, smallest))
  }
}

/// Sleeps before the batch, as the homeserver does: a stop or a pause that comes meanwhile keeps the batch from starting.
private struct SleepingScope: UpdateScope {
  let control: RunControl
  let update: String
  let pause: Duration
  let target: Int

  func enter() async throws -> Int {
    let end = ContinuousClock.now + pause
    while true {
      // Runners are woken for the queue's sake, as whenever an update ends: the pause is no shorter for it.
      let (left, wakes) = (end - ContinuousClock.now, control.wakes)
      guard left > .zero, !control.isStopping, !control.isPaused(update) else { return target }
      try await control.sleep(for: left, unlessWokenSince: wakes)
    }
  }
}
