import Gradus
import GradusSQL

/// What one batch came to.
struct BatchRun: Sendable {
  var count: BatchCount
  var end: End
  /// Whether another process's transaction kept it from beginning at once.
  var wasBusy = false
  /// Sessions that waited for a lock behind the batch; nil where nobody looked.
  var lockWaiters: Int?

  enum End: Sendable, Equatable {
    /// The next batch goes on here.
    case next(String)
    /// The range is done; others may be left.
    case rangeDone
    /// Nothing was left to do; the result is to be verified before the update ends at this progress, where nobody has held
    /// it off since.
    case exhausted(progress: String, rowVersion: String?)
    /// Another worker verifies the result, and ends the update.
    case verifiedByAnother
    case completed(UpdateCertificate)
    /// No batch was run: the update is gone, halted, or another worker's.
    case unavailable
  }

  var isComplete: Bool { if case .completed = end { true } else { false } }

  static let unavailable = BatchRun(count: BatchCount.none, end: .unavailable)
}
