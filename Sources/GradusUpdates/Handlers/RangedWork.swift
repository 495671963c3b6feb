import GradusSQL

/// Work that can be split into ranges which several workers do at the same time.
protocol RangedWork: UpdateWork {
  /// The next range past `progress`, of about `rows` rows; nil where there is none.
  func nextRange(past progress: String, rows: Int, on connection: Connection) throws -> WorkRange?
  /// Does one batch of a range; with no next progress the range is done.
  func runBatch(_ progress: String, upTo end: String, size: Int, on connection: Connection) throws
    -> BatchResult<String>
}

/// A range of a work's key.
struct WorkRange: Sendable, Hashable {
  /// The progress at which its first batch begins.
  var start: String
  /// The progress past its last row.
  var end: String
  /// How many rows it had when it was cut.
  var rows: Int
}
