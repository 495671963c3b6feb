import GradusSQL
import Testing

@testable import GradusUpdates

/// What a stop breaks off.
@Suite struct UntilStopTests {
  /// It may have been committed, and has to be told of and let go.
  @Test(.timeLimit(.minutes(1))) func whatIsDoneNeverthelessCounts() async throws {
    let control = RunControl()
    let result = try await control.untilStop {
      control.stop()
      // As a commit that does not hear of it any more.
      while !Task.isCancelled { await Task.yield() }
      return 7
    }
    #expect(result == 7)
  }

  @Test(.timeLimit(.minutes(1))) func whatIsBrokenOffWasCancelled() async throws {
    let control = RunControl()
    let error = await #expect(throws: SQLError.self) {
      try await control.untilStop {
        control.stop()
        try await Task.sleep(for: .seconds(86_400))
      }
    }
    #expect(error?.code == .cancelled)
  }
}
