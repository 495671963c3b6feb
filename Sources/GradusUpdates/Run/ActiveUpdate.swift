import Gradus

/// The update that a worker is at, and what it has learnt of it.
struct ActiveUpdate: Sendable {
  let work: any UpdateWork
  var controller: BatchController
  /// The range that the worker holds; nil where it has the update as a whole, or no range at the moment.
  var part: Int64?
  var snapshot = UpdateSnapshot()
  var estimator = ProgressEstimator()
  var progressGuard = ProgressGuard()
  var lastDuration = Duration.zero
  /// How long its last batch was to take, in milliseconds; nil before the first.
  var target: Double?
  /// What work outside a transaction does now.
  var phase: String?

  var name: String { work.name }

  func report(isComplete: Bool) -> UpdateProgressReport {
    UpdateProgressReport(
      name: name, scanned: snapshot.scanned, written: snapshot.written,
      remaining: isComplete ? 0 : snapshot.remaining, isComplete: isComplete, rate: estimator.rate,
      eta: isComplete ? nil : estimator.eta)
  }
}
