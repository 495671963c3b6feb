import GradusTestSupport

extension SeededGenerator {
  /// From 0 up to but without 1.
  mutating func fraction() -> Double { Double(next() >> 11) / Double(1 << 53) }
}
