import Testing

@testable import GradusUpdates

/// What is left, from when it was counted to when it is counted again.
@Suite struct RemainingEstimateTests {
  private let now = ContinuousClock.now

  private func counted(_ remaining: Int?) -> RemainingEstimate {
    var estimate = RemainingEstimate()
    #expect(estimate.isDue(scanned: 0, progress: "{}", at: now))
    #expect(estimate.remaining(scanned: 0) == nil)
    estimate.record(remaining, scanned: 100, progress: "a")
    estimate.pace.record(.milliseconds(100), at: now)
    return estimate
  }

  @Test(arguments: [(100, 1_000), (130, 970), (1_100, 0), (1_101, 0), (90, 1_000)])
  func isReckonedFromWhatWasScanned(_ scanned: Int, _ remaining: Int) {
    #expect(counted(1_000).remaining(scanned: scanned) == remaining)
    #expect(counted(nil).remaining(scanned: scanned) == nil)
  }

  @Test func isCountedAnewWhereThatIsDue() {
    let estimate = counted(1_000)
    #expect(!estimate.isDue(scanned: 100, progress: "a", at: now))
    #expect(!estimate.isDue(scanned: 200, progress: "b", at: now + .milliseconds(4_999)))
    #expect(estimate.isDue(scanned: 200, progress: "b", at: now + .milliseconds(5_000)))
  }

  /// All of a table are known roughly, and what is left past a key may be too many to count.
  @Test func isReckonedOnWhereItCannotBeToldAnyMore() {
    var estimate = counted(1_000)
    estimate.record(nil, scanned: 300, progress: "b")
    #expect(estimate.remaining(scanned: 300) == 800)
    estimate.record(nil, scanned: 200, progress: "a")
    #expect(estimate.remaining(scanned: 200) == 900)
    estimate.record(nil, scanned: 10, progress: "a")
    #expect(estimate.remaining(scanned: 10) == nil)
  }

  /// As when it was queued again, or another program works on it.
  @Test func isCountedAnewWhereItCannotBeReckoned() {
    let estimate = counted(1_000)
    #expect(estimate.isDue(scanned: 99, progress: "a", at: now))
    #expect(estimate.isDue(scanned: 100, progress: "b", at: now))
  }
}
