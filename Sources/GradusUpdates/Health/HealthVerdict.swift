/// Whether background updates may go on.
public enum HealthVerdict: Sendable, Hashable {
  /// As fast as their options say.
  case fine
  /// With half of the target duration and longer pauses: these signals are near their limits.
  case slow([HealthReading])
  /// Not before these signals are well below their limits.
  case pause([HealthReading])
}

extension HealthVerdict {
  /// What batches do under it, as others see it: `running`, `slowed` or `paused`.
  package var state: String {
    switch self {
    case .fine: "running"
    case .slow: "slowed"
    case .pause: "paused"
    }
  }

  /// The readings behind it.
  package var readings: [HealthReading] {
    switch self {
    case .fine: []
    case .slow(let readings), .pause(let readings): readings
    }
  }
}
