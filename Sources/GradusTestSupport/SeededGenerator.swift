import Foundation

/// Random numbers that a seed repeats (SplitMix64). `GRADUS_TEST_SEED` sets it.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  /// What repeats them.
  public let seed: UInt64
  private var state: UInt64

  /// The seed of the environment, or any.
  public init() {
    seed =
      ProcessInfo.processInfo.environment["GRADUS_TEST_SEED"].flatMap(UInt64.init)
      ?? UInt64.random(in: 0..<1_000_000)
    state = seed
  }

  /// - Parameter seed: what repeats the numbers.
  public init(seed: UInt64) {
    self.seed = seed
    state = seed
  }

  /// The next number.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
