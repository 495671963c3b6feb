public import Gradus

/// What happens while updates run.
public enum UpdateEvent: Sendable {
  /// A batch was committed.
  case batch(UpdateProgressReport)
  /// An update is complete.
  case completed(name: String, UpdateStatistics)
  /// A batch failed and is tried again.
  case failed(name: String, error: String, attempt: Int)
  /// An update is set aside: it failed too often.
  case parked(name: String, reason: String)
}
