import GradusSQL

/// What an update has done since it was queued, over all processes that worked on it.
package struct UpdateStatistics: Sendable, Hashable {
  /// Rows looked at.
  package var scanned = 0
  /// Rows written.
  package var written = 0
  /// Batches done.
  package var batches = 0
  /// Time spent in batches, in milliseconds.
  package var milliseconds = 0.0
  /// Rows left out or treated as absent for bad data, by reason.
  package var skipped: [String: Int] = [:]
  /// When the first batch began, in milliseconds since 1970.
  package var startedAt: Int64?
  /// What the next batch's size comes from.
  var rate: BatchController.Rate?

  /// The moving average that the next batch's size comes from; nil before the first batch.
  package var averageItemsPerMs: Double? {
    rate.map { $0.milliseconds > 0 ? $0.rows / $0.milliseconds : 0 }
  }

  /// Nothing done yet.
  package init() {}

  /// The columns of `gradus_updates` in the order in which they are read.
  static func columns(_ table: String) -> String {
    [
      "scanned", "written", "batches", "duration_ms", "skipped", "started_at", "average_rows", "average_ms",
      "batch_size",
    ]
    .map { "\(table).\($0)" }.joined(separator: ", ")
  }

  init(_ row: Row, from first: Int) {
    scanned = Int(row[first].integer ?? 0)
    written = Int(row[first + 1].integer ?? 0)
    batches = Int(row[first + 2].integer ?? 0)
    milliseconds = row[first + 3].double ?? 0
    skipped = [String: Int](skippedJSON: row[first + 4].text ?? "")
    startedAt = row[first + 5].integer
    if let rows = row[first + 6].double, let milliseconds = row[first + 7].double,
      let size = row[first + 8].integer
    {
      rate = .init(rows: rows, milliseconds: milliseconds, size: Int(size))
    }
  }

  mutating func add(_ batch: BatchCount) {
    scanned += batch.scanned
    written += batch.written
    milliseconds += batch.milliseconds
    batches += batch.batches
    skipped.merge(batch.skipped, uniquingKeysWith: +)
  }
}
