public import GradusSQL

/// What happens while a database is migrated, for progress and logs.
public enum MigrationEvent: Sendable {
  /// Another process migrates; this one waits.
  case waiting(holder: String)
  /// The plan that is about to be executed.
  case planned(Plan)
  /// A step starts, the first being number 1.
  case stepStarted(PlanStep, number: Int, count: Int)
  /// A step met a lock or a conflict and is tried again.
  case stepRetried(PlanStep, error: String, delay: Duration)
  /// A step ended.
  case stepFinished(PlanStep, duration: Duration)
  /// Updates that run in the foreground came on.
  case update(UpdateProgressReport)
}

/// How far a background update is.
public struct UpdateProgressReport: Sendable {
  /// The update.
  public var name: String
  /// Rows looked at so far.
  public var scanned: Int
  /// Rows written so far.
  public var written: Int
  /// Rows that remain to be looked at, roughly; nil where that is unknown.
  public var remaining: Int?
  /// Whether it is complete.
  public var isComplete: Bool

  /// - Parameters:
  ///   - name: the update.
  ///   - scanned: rows looked at so far.
  ///   - written: rows written so far.
  ///   - remaining: rows that remain.
  ///   - isComplete: whether it is complete.
  public init(name: String, scanned: Int, written: Int, remaining: Int?, isComplete: Bool) {
    self.name = name
    self.scanned = scanned
    self.written = written
    self.remaining = remaining
    self.isComplete = isComplete
  }
}

/// Runs background updates to their end, for the steps that need them complete.
public protocol ForegroundCompleter: Sendable {
  /// Whether this program can run an update.
  func knows(_ name: String) -> Bool

  /// Runs the queued ones of these updates, and what they depend on, to their end.
  ///
  /// - Parameters:
  ///   - names: the updates.
  ///   - session: a session of the database whose queue holds them.
  ///   - report: told after each batch.
  /// - Throws: `GradusError` where one cannot be completed; what was done stays done.
  func complete(
    _ names: [String], on session: Session, report: @escaping @Sendable (UpdateProgressReport) -> Void)
    async throws
}
