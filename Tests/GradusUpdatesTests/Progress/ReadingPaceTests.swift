import Testing

@testable import GradusUpdates

/// What takes long to read is read seldom.
@Suite struct ReadingPaceTests {
  @Test(arguments: [
    (took: 0, pause: 1_000), (took: 20, pause: 1_000), (took: 21, pause: 1_050), (took: 200, pause: 10_000),
    (took: 60_000, pause: 3_000_000),
  ])
  func readingTakesOnePartInFifty(_ given: (took: Int, pause: Int)) {
    var pace = ReadingPace()
    let now = ContinuousClock.now
    #expect(pace.isDue(at: now))
    pace.record(.milliseconds(given.took), at: now)
    #expect(!pace.isDue(at: now + .milliseconds(given.pause - 1)))
    #expect(pace.isDue(at: now + .milliseconds(given.pause)))
  }

  @Test func withoutALeastPauseWhatTakesNoTimeIsReadEachTime() {
    var pace = ReadingPace(leastPause: .zero)
    let now = ContinuousClock.now
    pace.record(.zero, at: now)
    #expect(pace.isDue(at: now))
    pace.record(.milliseconds(2), at: now)
    #expect(!pace.isDue(at: now + .milliseconds(99)))
    #expect(pace.isDue(at: now + .milliseconds(100)))
  }

  /// Of a thousand updates that are counted in a millisecond each, none is counted before fifty seconds are over.
  @Test func manyTogetherTakeNoMore() {
    var pace = ReadingPace(leastPause: .zero)
    let now = ContinuousClock.now
    pace.record(.milliseconds(1), among: 1_000, at: now)
    #expect(!pace.isDue(at: now + .milliseconds(49_999)))
    #expect(pace.isDue(at: now + .seconds(50)))
  }
}
