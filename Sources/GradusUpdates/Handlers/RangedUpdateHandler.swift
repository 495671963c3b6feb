public import GradusSQL

/// A handler whose rows can be split into ranges, which several workers do at the same time on PostgreSQL.
///
/// The engine cuts ranges one after the other, hands them out, and moves the update's progress on past those that are
/// done. On SQLite, which has one writer, no ranges are cut. Rows may be looked at twice: a program that knows nothing of
/// ranges goes on at the first that was not done.
public protocol RangedUpdateHandler: UpdateHandler {
  /// The next range past a progress, in the transaction that hands it out.
  ///
  /// - Parameters:
  ///   - progress: where the range before ends; `{}` at first.
  ///   - rows: how many rows the range should have.
  ///   - connection: in a transaction.
  /// - Returns: nil where there are no more rows.
  func nextRange(past progress: Progress, rows: Int, on connection: Connection) throws -> UpdateRange<
    Progress
  >?

  /// Does one batch of a range, or of a whole phase.
  ///
  /// - Parameters:
  ///   - progress: how far earlier batches came; of a range its start at first, of the whole `{}`.
  ///   - end: where the range ends; nil for the end of the phase.
  ///   - size: how many rows to scan at most.
  ///   - connection: in a transaction, which the engine commits.
  /// - Returns: what was done and where to go on; with no next progress the range or the phase is done.
  func runBatch(_ progress: Progress, upTo end: Progress?, size: Int, on connection: Connection) throws
    -> BatchResult<Progress>

  /// Where to go on when a phase is done: all ranges up to a progress, and no more were found.
  ///
  /// - Returns: nil where the update is complete.
  func nextPhase(after progress: Progress, on connection: Connection) throws -> Progress?
}

extension RangedUpdateHandler {
  /// One phase by default.
  public func nextPhase(after progress: Progress, on connection: Connection) throws -> Progress? { nil }

  /// One worker alone walks through the phases by its batches.
  public func runBatch(
    _ progress: Progress, size: Int, on connection: Connection
  ) throws -> BatchResult<Progress> {
    var result = try runBatch(progress, upTo: nil, size: size, on: connection)
    if result.next == nil { result.next = try nextPhase(after: progress, on: connection) }
    return result
  }
}

/// A range of an update's rows.
public struct UpdateRange<Progress: UpdateProgress>: Sendable {
  /// The progress at which its first batch begins.
  public var start: Progress
  /// The progress past its last row.
  public var end: Progress
  /// How many rows it has.
  public var rows: Int

  /// - Parameters:
  ///   - start: the progress at which its first batch begins.
  ///   - end: the progress past its last row.
  ///   - rows: how many rows it has.
  public init(start: Progress, end: Progress, rows: Int) {
    self.start = start
    self.end = end
    self.rows = rows
  }
}
