/// Compares readings with limits. Pure: readings go in, a verdict comes out.
///
/// Above its limit a signal pauses, and goes on doing so until it is below 90 % of it (with a limit of 0: until it is
/// 0), so that updates do not start and stop around the limit. Above 70 % it slows; a limit of 0 has no such range.
package struct HealthJudge: Sendable {
  private let limits: HealthLimits
  /// The signals that paused the last time.
  private var pausing: Set<HealthSignal> = []

  private static let release = 0.9
  private static let caution = 0.7

  /// - Parameter limits: above which values to pause.
  package init(limits: HealthLimits) { self.limits = limits }

  /// - Parameter readings: the newest value of every signal that has one. A signal without one neither slows nor
  ///   pauses, and is forgotten: what cannot be read must not stop updates for ever.
  /// - Returns: the verdict, with the readings behind it in the order of `HealthSignal.allCases`.
  package mutating func verdict(_ readings: [HealthSignal: Double]) -> HealthVerdict {
    var paused: [HealthReading] = []
    var slowed: [HealthReading] = []
    for signal in HealthSignal.allCases {
      guard let value = readings[signal], !value.isNaN, let limit = limits[signal] else { continue }
      let reading = HealthReading(signal: signal, value: value, limit: limit)
      if value > limit || pausing.contains(signal) && value > 0 && value >= limit * Self.release {
        paused.append(reading)
      } else if limit > 0, value > limit * Self.caution {
        slowed.append(reading)
      }
    }
    pausing = Set(paused.map(\.signal))
    if !paused.isEmpty { return .pause(paused) }
    return slowed.isEmpty ? .fine : .slow(slowed)
  }
}
