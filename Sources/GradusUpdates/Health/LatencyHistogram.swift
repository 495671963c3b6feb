/// Counts durations of the last ten seconds by size. Pure, and of one size however many are counted.
struct LatencyHistogram: Sendable {
  private struct Slot {
    var second: Int
    var counts: [UInt32]
  }

  /// A part of a power of two each, so that the error is at most 6 % at any size.
  private static let steps = 8
  /// From 2^-6 ms (16 µs) to 2^18 ms (4 min); what is beyond counts as the nearest.
  private static let exponents = -6..<18
  private static let seconds = 10

  private var slots: [Slot?] = Array(repeating: nil, count: seconds)

  /// - Parameters:
  ///   - milliseconds: the duration.
  ///   - second: when it was measured, on a clock that does not go back.
  mutating func record(_ milliseconds: Double, at second: Int) {
    let index = second % Self.seconds
    if slots[index]?.second != second {
      slots[index] = Slot(
        second: second, counts: Array(repeating: 0, count: Self.exponents.count * Self.steps))
    }
    slots[index]?.counts[Self.bucket(milliseconds)] &+= 1
  }

  /// The duration that a part of the counted ones does not exceed, in milliseconds; nil where none was counted.
  ///
  /// - Parameters:
  ///   - part: between 0 and 1.
  ///   - second: now.
  func quantile(_ part: Double, at second: Int) -> Double? {
    var counts = Array(repeating: 0, count: Self.exponents.count * Self.steps)
    for case let slot? in slots where second - slot.second < Self.seconds {
      for (index, count) in slot.counts.enumerated() { counts[index] += Int(count) }
    }
    let total = counts.reduce(0, +)
    guard total > 0 else { return nil }
    var left = Int((part * Double(total)).rounded(.up))
    for (index, count) in counts.enumerated() {
      left -= count
      if left <= 0 { return Self.middle(index) }
    }
    return nil
  }

  private static func bucket(_ milliseconds: Double) -> Int {
    let smallest = Double(sign: .plus, exponent: exponents.lowerBound, significand: 1)
    let largest = Double(sign: .plus, exponent: exponents.upperBound, significand: 1).nextDown
    let bounded = max(smallest, min(milliseconds, largest))
    let exponent = Int(bounded.exponent) - exponents.lowerBound
    return exponent * steps + Int((bounded.significand - 1) * Double(steps))
  }

  private static func middle(_ bucket: Int) -> Double {
    Double(
      sign: .plus, exponent: exponents.lowerBound + bucket / steps,
      significand: 1 + (Double(bucket % steps) + 0.5) / Double(steps))
  }
}
