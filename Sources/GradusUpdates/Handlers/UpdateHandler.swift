public import GradusSQL

/// The code of a background update: batches that the engine calls one after the other.
///
/// A batch runs in one transaction together with the write of its progress, so that a crash loses at most one
/// uncommitted batch and none is applied twice. The handler only reads and writes rows and says how far it came; the
/// engine saves the progress, removes the finished update from the queue and keeps the statistics.
public protocol UpdateHandler: Sendable {
  /// How far the update came, as saved in `background_updates.progress_json`.
  associatedtype Progress: UpdateProgress

  /// The update's name in the queue.
  var name: String { get }

  /// Does one batch.
  ///
  /// Where guards queue the update, a batch that returns no next progress must have found nothing to do: the update ends
  /// in a transaction of its own after it, until when its progress stays where it was, and the batch may be done again.
  ///
  /// - Parameters:
  ///   - progress: how far earlier batches came; `{}` at first.
  ///   - size: how many rows to scan at most; the controller sets it by time.
  ///   - connection: in a transaction, which the engine commits.
  /// - Returns: what was done and where to go on.
  /// - Throws: whatever goes wrong; the batch is rolled back and tried again later.
  func runBatch(_ progress: Progress, size: Int, on connection: Connection) throws -> BatchResult<Progress>

  /// How many rows remain to be scanned, roughly; nil where that is unknown. It is asked between batches, the more seldom
  /// the longer it takes, so that it takes no more than one part in fifty of the time.
  func estimateRemaining(_ progress: Progress, on connection: Connection) throws -> Int?

  /// Whether it does all its work in one batch, so that a batch's size means nothing to it, and a stop breaks it off.
  var isOneShot: Bool { get }

  /// Checks the result: in the transaction of the last batch, which an error rolls back; outside it, when that batch is
  /// committed, where guards queue the update and where workers share it by ranges.
  ///
  /// - Returns: what was found right, for the certificate.
  /// - Throws: where it is not right; the update is then not complete.
  func verify(on connection: Connection) throws -> String
}

extension UpdateHandler {
  /// Unknown by default.
  public func estimateRemaining(_ progress: Progress, on connection: Connection) throws -> Int? { nil }

  /// Batches by default.
  public var isOneShot: Bool { false }

  /// Checks nothing by default.
  public func verify(on connection: Connection) throws -> String { "the handler said that it is complete" }
}
