/// Whether background updates may go on.
public enum HealthVerdict: Sendable, Hashable {
  /// As fast as their options say.
  case fine
  /// With half of the target duration and longer pauses: these signals are near their limits.
  case slow([HealthReading])
  /// Not before these signals are well below their limits.
  case pause([HealthReading])
}
