import Testing

@testable import GradusUpdates

@Suite struct LatencyProbeTests {
  private func isNear(_ value: Double?, _ expected: Double) -> Bool {
    value.map { abs($0 - expected) <= 0.0626 * expected } ?? false
  }

  @Test func anIdleApplicationTellsNothing() {
    let clock = ManualClock()
    let probe = LatencyProbe(clock: clock)
    #expect(probe.current == nil)
    probe.record(.milliseconds(50))
    clock.advance(by: .seconds(9))
    #expect(isNear(probe.current, 50))
    clock.advance(by: .seconds(1))
    #expect(probe.current == nil)
  }

  @Test func withFewItIsTheLongest() {
    let probe = LatencyProbe(clock: ManualClock())
    for duration in [1, 900, 3, 2] { probe.record(.milliseconds(duration)) }
    #expect(isNear(probe.current, 900))
  }

  @Test func withManyItIsNotTheOutlier() {
    let probe = LatencyProbe(clock: ManualClock())
    for duration in 1...100 { probe.record(.milliseconds(duration)) }
    probe.record(.seconds(60))
    #expect(isNear(probe.current, 96))
  }

  @Test func theOldIsForgotten() {
    let clock = ManualClock()
    let probe = LatencyProbe(clock: clock)
    for _ in 0..<5 { probe.record(.seconds(2)) }
    clock.advance(by: .seconds(5))
    for _ in 0..<5 { probe.record(.milliseconds(2)) }
    #expect(isNear(probe.current, 2000))
    clock.advance(by: .seconds(5))
    #expect(isNear(probe.current, 2))
    clock.advance(by: .seconds(3600))
    #expect(probe.current == nil)
  }

  @Test(arguments: [0.02, 0.1, 1, 1.99, 7, 250, 1024, 5000, 200_000])
  func isRightWithinSixPercent(milliseconds: Double) {
    var histogram = LatencyHistogram()
    histogram.record(milliseconds, at: 0)
    #expect(isNear(histogram.quantile(0.95, at: 0), milliseconds))
  }

  @Test(arguments: [-5.0, 0, 1e12, .infinity, .nan])
  func whatIsBeyondCountsAsTheNearest(milliseconds: Double) throws {
    var histogram = LatencyHistogram()
    histogram.record(milliseconds, at: 0)
    let value = try #require(histogram.quantile(0.95, at: 0))
    #expect(value < 0.02 || value > 240_000)
  }

  @Test func manyMayFeedIt() async {
    let probe = LatencyProbe(clock: ManualClock())
    await withTaskGroup { group in
      for _ in 0..<8 {
        group.addTask { for _ in 0..<1000 { probe.record(.milliseconds(10)) } }
      }
    }
    #expect(isNear(probe.current, 10))
  }
}
