import GradusSQL

/// What one batch, or several together, came to.
struct BatchCount: Sendable, Hashable {
  var scanned = 0
  var written = 0
  var batches = 1
  var skipped: [String: Int] = [:]
  var milliseconds = 0.0

  mutating func add(_ other: BatchCount) {
    scanned += other.scanned
    written += other.written
    batches += other.batches
    skipped.merge(other.skipped, uniquingKeysWith: +)
    milliseconds += other.milliseconds
  }
}

extension BatchCount {
  /// Of the columns `RangeLeases.counts`.
  init(_ row: Row, from first: Int) throws {
    self.init(
      scanned: Int(try row.integer(first)), written: Int(try row.integer(first + 1)),
      batches: Int(try row.integer(first + 2)),
      skipped: [String: Int](skippedJSON: row[first + 4].text ?? ""),
      milliseconds: row[first + 3].double ?? 0)
  }
}
