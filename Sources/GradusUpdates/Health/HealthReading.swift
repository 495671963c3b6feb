/// A signal's value beside its limit.
public struct HealthReading: Sendable, Hashable, Codable {
  /// The signal.
  public var signal: HealthSignal
  /// What was read, in the signal's unit.
  public var value: Double
  /// The limit, in the same unit.
  public var limit: Double

  /// - Parameters:
  ///   - signal: the signal.
  ///   - value: what was read.
  ///   - limit: the limit.
  package init(signal: HealthSignal, value: Double, limit: Double) {
    self.signal = signal
    self.value = value
    self.limit = limit
  }
}

extension HealthReading: CustomStringConvertible {
  /// `replication_lag_ms 12000 of 10000`.
  public var description: String { "\(signal.rawValue) \(Self.text(value)) of \(Self.text(limit))" }

  private static func text(_ number: Double) -> String {
    // Two digits after the point, none where the number is whole or large.
    let rounded = abs(number) < 100 ? (number * 100).rounded() / 100 : number.rounded()
    return Int(exactly: rounded).map(String.init) ?? "\(rounded)"
  }
}
