import GradusSQL

/// What one batch, or several together, came to.
package struct BatchCount: Sendable, Hashable {
  /// Rows looked at.
  package var scanned = 0
  /// Rows written.
  package var written = 0
  /// How many batches they are.
  package var batches = 1
  /// Rows left out or treated as absent for bad data, by reason.
  package var skipped: [String: Int] = [:]
  /// Time spent in them, in milliseconds.
  package var milliseconds = 0.0

  /// No batch.
  static let none = BatchCount(batches: 0)

  mutating func add(_ other: BatchCount) {
    scanned += other.scanned
    written += other.written
    batches += other.batches
    skipped.merge(other.skipped, uniquingKeysWith: +)
    milliseconds += other.milliseconds
  }
}

extension BatchCount {
  /// The columns that keep it, in the order in which they are read.
  static let columns = ["scanned", "written", "batches", "duration_ms", "skipped"]

  /// - Parameter first: where in the row its columns begin; NULL where nothing has been done.
  init(_ row: Row, from first: Int) {
    self.init(
      scanned: Self.number(row[first].integer), written: Self.number(row[first + 1].integer),
      batches: Self.number(row[first + 2].integer),
      skipped: [String: Int](skippedJSON: row[first + 4].text ?? ""),
      milliseconds: Self.milliseconds(row[first + 3].double))
  }

  /// What JSON's readers hold exactly. Whoever may write the table may put any number there: it must be none at which a
  /// process that adds to it, or rounds it, ends.
  private static let largest: Int64 = 1 << 53

  /// A number of rows or batches as it is stored.
  static func number(_ stored: Int64?) -> Int { Int(min(max(stored ?? 0, 0), largest)) }

  /// A time as it is stored, in milliseconds.
  static func milliseconds(_ stored: Double?) -> Double {
    guard let stored, stored > 0 else { return 0 }
    return min(stored, Double(largest))
  }
}
