import Gradus
import Testing

@testable import GradusUpdates

/// Runners that are woken look at the queue at once.
@Suite struct WakeTests {
  /// It may come when a runner has looked already and does not sleep yet, as it lets go of what it was at.
  @Test(.timeLimit(.minutes(1))) func aWakeBeforeTheSleepIsHeard() async throws {
    let control = RunControl()
    let wakes = control.wakes
    control.wake()
    try await control.sleep(for: .seconds(86_400), unlessWokenSince: wakes)
    control.resume("something")
    try await control.sleep(for: .seconds(86_400), unlessWokenSince: wakes + 1)
  }

  @Test(.timeLimit(.minutes(1))) func aWakeBeforeTheLookIsNot() async throws {
    let control = RunControl()
    control.wake()
    let sleep = Task { try await control.sleep(for: .seconds(86_400), unlessWokenSince: control.wakes) }
    sleep.cancel()
    await #expect(throws: CancellationError.self) { try await sleep.value }
  }

  /// Each update that ends wakes all runners: with many of them there would be no pauses.
  @Test(.timeLimit(.minutes(1))) func aWakeDoesNotShortenThePauseBeforeABatch() async throws {
    let (control, entered) = (RunControl(), Counter())
    let pacer = IterationPacer(
      options: BatchOptions(pause: .seconds(86_400)), pacing: UpdatePacing(), control: control,
      database: "master")
    let work = try #require(UpdateRegistry(handlers: [Counting()]).work(for: "counting"))
    let scope = pacer.scope(of: work, minPause: .zero)
    let enter = Task {
      let target = try await scope.enter()
      entered.increment()
      return target
    }
    for _ in 0..<50 {
      control.wake()
      try await Task.sleep(for: .milliseconds(1))
    }
    #expect(entered.count == 0)
    // Neither does the pause of another update; its own does.
    control.pause("another")
    control.pause("counting")
    let target = try await enter.value
    #expect(target == 100)
  }
}
