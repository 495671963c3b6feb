/// How long transactions took, in milliseconds from when they were due.
struct Latencies: Sendable {
  private let sorted: [Double]

  init(_ milliseconds: [Double]) throws {
    guard milliseconds.count >= 100 else {
      throw BenchmarkError(
        "only \(milliseconds.count) transactions were measured; give more --seconds or a higher --rate")
    }
    sorted = milliseconds.sorted()
  }

  /// The value that so many of a hundred do not exceed, by nearest rank.
  private func percentile(_ percent: Double) -> Double {
    sorted[max(0, min(sorted.count - 1, Int((percent / 100 * Double(sorted.count)).rounded(.up)) - 1))]
  }

  var summary: [(String, Double)] {
    [("p50", percentile(50)), ("p95", percentile(95)), ("p99", percentile(99)), ("max", percentile(100))]
  }
}
