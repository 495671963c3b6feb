public import Gradus

/// What happens while updates run.
public enum UpdateEvent: Sendable {
  /// A worker takes an update up, for the first time or again.
  case started(name: String, isResumed: Bool)
  /// A worker goes on with what another had begun, which gave no sign of life or has to make way for a foreground run.
  case takenOver(name: String, from: String)
  /// A batch was committed.
  case batch(UpdateProgressReport, BatchReport)
  /// Work that is no batch, such as an index build, came on.
  case progress(UpdateProgressReport)
  /// An update is complete.
  case completed(UpdateCertificate)
  /// A batch failed and is tried again.
  case failed(name: String, error: String, attempt: Int, retryAfter: Duration)
  /// An update is set aside until somebody asks for another try.
  case parked(name: String, reason: String)
  /// An update writes rows, batch after batch, but stays where it is, and no fewer rows are left.
  case stalled(name: String, remaining: Int)
  /// Nothing can run for now; the reasons have changed.
  case waiting([String: String])
  /// Signals of the database's or the application's health have begun to slow or stop batches, or have ceased to.
  case health(HealthVerdict)
  /// The connection to the database is lost, or the database has become read-only; it is connected to again.
  case disconnected(error: String)
  /// The database is connected to again.
  case reconnected
}

/// One committed batch.
public struct BatchReport: Sendable, Hashable {
  /// The rows that it was to look at.
  public var size: Int
  /// The rows that it looked at.
  public var scanned: Int
  /// The rows that it wrote.
  public var written: Int
  /// How long it took, with its transaction.
  public var duration: Duration
}
