/// What a batch did.
public struct BatchResult<Progress: Sendable>: Sendable {
  /// Where the next batch goes on; nil where the update is complete.
  public var next: Progress?
  /// How many rows were looked at: the cost that the next batch's size is computed from.
  public var scanned: Int
  /// How many rows were written.
  public var written: Int
  /// Rows left out or treated as absent for bad data, counted by reason.
  public var skipped: [String: Int]

  /// - Parameters:
  ///   - next: where the next batch goes on; nil where the update is complete.
  ///   - scanned: rows looked at.
  ///   - written: rows written.
  ///   - skipped: rows left out for bad data, by reason.
  public init(next: Progress?, scanned: Int, written: Int, skipped: [String: Int] = [:]) {
    self.next = next
    self.scanned = scanned
    self.written = written
    self.skipped = skipped
  }

  /// Of a batch that found nothing left to look at.
  public static var end: BatchResult { BatchResult(next: nil, scanned: 0, written: 0) }
}

extension BatchResult where Progress: UpdateProgress {
  /// The same with its progress as it is saved.
  var saved: BatchResult<String> {
    BatchResult<String>(next: next?.json, scanned: scanned, written: written, skipped: skipped)
  }
}
