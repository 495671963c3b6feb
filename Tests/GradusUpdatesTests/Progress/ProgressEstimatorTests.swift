import Foundation
import GradusTestSupport
import Testing

@testable import GradusUpdates

@Suite struct ProgressEstimatorTests {
  @Test func needsThreeSamples() {
    var estimator = ProgressEstimator()
    #expect(estimator.rate == nil && estimator.eta == nil)
    estimator.record(scanned: 1_000_000, remaining: 1000, at: 50)
    #expect(estimator.rate == nil && estimator.eta == nil)
    estimator.record(scanned: 1_000_100, remaining: 900, at: 51)
    #expect(estimator.rate == 100 && estimator.eta == nil)
    estimator.record(scanned: 1_000_200, remaining: 800, at: 52)
    #expect(estimator.rate == 100)
    #expect(estimator.eta?.contains(.seconds(8)) == true)
  }

  @Test func needsToKnowWhatRemains() {
    var estimator = ProgressEstimator()
    for second in 0...5 { estimator.record(scanned: second * 10, remaining: nil, at: Double(second)) }
    #expect(estimator.rate == 10 && estimator.eta == nil)
    estimator.record(scanned: 60, remaining: 0, at: 6)
    #expect(estimator.eta == .zero ... .zero)
  }

  @Test func countsPauses() {
    var estimator = ProgressEstimator()
    estimator.record(scanned: 0, remaining: 100, at: 0)
    estimator.record(scanned: 100, remaining: 100, at: 1)
    estimator.record(scanned: 200, remaining: 100, at: 11)
    #expect(estimator.rate == 200.0 / 11)
  }

  @Test func aStepsWeightIsItsDuration() {
    var estimator = ProgressEstimator()
    estimator.record(scanned: 0, remaining: 100, at: 0)
    estimator.record(scanned: 1000, remaining: 100, at: 1)
    estimator.record(scanned: 1900, remaining: 100, at: 10)
    #expect(estimator.rate == 190)
  }

  @Test func adaptsWithinTwentySamples() {
    var estimator = ProgressEstimator()
    for second in 0...100 { estimator.record(scanned: second * 1000, remaining: 9000, at: Double(second)) }
    for second in 1...20 {
      estimator.record(scanned: 100_000 + second * 10, remaining: 9000, at: 100 + Double(second))
    }
    #expect(estimator.rate == 10)
  }

  @Test func narrowsWhileSamplesAgree() throws {
    var estimator = ProgressEstimator()
    var widths: [Double] = []
    for second in 0...20 {
      estimator.record(scanned: second * 10, remaining: 100_000, at: Double(second))
      if second >= 2 { widths.append(try relativeWidth(estimator)) }
    }
    #expect(widths[0] > 1)
    #expect(zip(widths, widths.dropFirst()).allSatisfy { $0 > $1 })
    #expect(try #require(widths.last) < 0.4)
  }

  @Test func widensWhereTheRateDrifts() throws {
    var steady = ProgressEstimator()
    var slowing = ProgressEstimator()
    var scanned = 0.0
    for second in 0...40 {
      steady.record(scanned: second * 100, remaining: 100_000, at: Double(second))
      slowing.record(scanned: Int(scanned), remaining: 100_000, at: Double(second))
      scanned += 1000 * exp(-Double(second) / 10)
    }
    #expect(try relativeWidth(slowing) > 4 * relativeWidth(steady))
  }

  private func relativeWidth(_ estimator: ProgressEstimator) throws -> Double {
    let eta = try #require(estimator.eta)
    return (eta.upperBound - eta.lowerBound) / eta.lowerBound
  }

  @Test func beginsAnewWithAnUpdateThatDoes() {
    var estimator = ProgressEstimator()
    for second in 0...5 { estimator.record(scanned: second * 1000, remaining: 10, at: Double(second)) }
    estimator.record(scanned: 10, remaining: 990, at: 6)
    #expect(estimator.rate == nil && estimator.eta == nil)
    estimator.record(scanned: 20, remaining: 980, at: 7)
    #expect(estimator.rate == 10)
    estimator.record(scanned: 30, remaining: 970, at: 3)
    #expect(estimator.rate == nil)
  }

  /// The total also grows by what another process does, all at once where this one did not look.
  @Test(arguments: [1, 4, 30])
  func aJumpIsNoPace(at jump: Int) throws {
    var estimator = ProgressEstimator()
    var scanned = 0
    for second in 0...max(jump, 3) {
      if second == jump { scanned += 5_000_000 }
      estimator.record(scanned: scanned, remaining: 1000, at: Double(second))
      scanned += 100
    }
    #expect(estimator.rate == 100)
    #expect(try #require(estimator.eta).contains(.seconds(10)))
  }

  /// A pace that remains is believed.
  @Test func twoJumpsAreAPace() throws {
    var estimator = ProgressEstimator()
    for second in 0...5 { estimator.record(scanned: second, remaining: 1000, at: Double(second)) }
    estimator.record(scanned: 1000, remaining: 1000, at: 6)
    #expect(estimator.rate == 1)
    estimator.record(scanned: 2000, remaining: 1000, at: 7)
    #expect(try #require(estimator.rate) > 200)
  }

  @Test func samplesAtOneMomentAreOne() {
    var estimator = ProgressEstimator()
    estimator.record(scanned: 0, remaining: 10, at: 1)
    estimator.record(scanned: 50, remaining: 10, at: 1)
    #expect(estimator.rate == nil)
    estimator.record(scanned: 100, remaining: 10, at: 2)
    #expect(estimator.rate == 100)
  }

  @Test func withoutRowsThereIsNoTime() {
    var estimator = ProgressEstimator()
    for second in 0...5 { estimator.record(scanned: 7, remaining: 10, at: Double(second)) }
    #expect(estimator.rate == 0 && estimator.eta == nil)
  }

  @Test func hugeNumbersAreBorne() throws {
    var estimator = ProgressEstimator()
    for step in 0...3 { estimator.record(scanned: step, remaining: .max, at: Double(step) * 1e6) }
    #expect(try #require(estimator.eta).upperBound == .seconds(100.0 * 365 * 86_400))
  }

  enum Noise: CaseIterable {
    /// Batches of one size whose durations differ by a half on either side.
    case durations
    /// Three batches of four find nothing to look at.
    case gaps
    /// One batch of ten waits ten times as long.
    case waits
    /// The server is busy for eight batches of sixteen.
    case tides
  }

  /// How often the interval holds the time that it then took, over updates of different lengths and all moments in them;
  /// and that it is not so wide as to say nothing.
  @Test(arguments: Noise.allCases)
  func theIntervalHoldsTheTruthMostTimes(noise: Noise) {
    var (held, asked) = (0, 0)
    var widths: [Double] = []
    for seed in 0..<200 {
      var generator = SeededGenerator(seed: UInt64(seed))
      let steps = 20 + seed * 3
      var samples: [(scanned: Int, seconds: Double)] = [(0, 0)]
      for step in 0..<steps {
        let (rows, seconds) = Self.step(step + seed, noise, &generator)
        samples.append((samples[step].scanned + rows, samples[step].seconds + seconds))
      }
      let last = samples[steps]
      var estimator = ProgressEstimator()
      for sample in samples.dropLast() {
        estimator.record(
          scanned: sample.scanned, remaining: last.scanned - sample.scanned, at: sample.seconds)
        guard let eta = estimator.eta, sample.scanned < last.scanned else { continue }
        asked += 1
        if eta.contains(.seconds(last.seconds - sample.seconds)) { held += 1 }
        widths.append(eta.upperBound / eta.lowerBound)
      }
    }
    #expect(asked > 10_000)
    #expect(Double(held) > 0.8 * Double(asked), "\(held) of \(asked)")
    #expect(widths.sorted()[widths.count / 2] < (noise == .durations ? 2 : 6))
  }

  private static func step(
    _ number: Int, _ noise: Noise, _ generator: inout SeededGenerator
  ) -> (rows: Int, seconds: Double) {
    switch noise {
    case .durations: (100, 0.5 + generator.fraction())
    case .gaps: (generator.fraction() < 0.25 ? 400 : 0, 0.9 + 0.2 * generator.fraction())
    case .waits: (100, generator.fraction() < 0.1 ? 10 : 1)
    case .tides: (number % 16 < 8 ? 50 : 150, 0.8 + 0.4 * generator.fraction())
    }
  }
}
