import GradusSQL

/// What an update has done since it was queued, over all processes that worked on it.
package struct UpdateStatistics: Sendable, Hashable {
  /// What its batches came to.
  package var done = BatchCount.none
  /// When the first batch began, in milliseconds since 1970.
  package var startedAt: Int64?
  /// What the next batch's size comes from.
  var rate: BatchController.Rate?

  /// The moving average that the next batch's size comes from, and that of all batches while no worker has saved one:
  /// workers that share an update do so when a range is done. Nil before the first batch.
  package var averageItemsPerMs: Double? {
    guard done.batches > 0 else { return nil }
    let (rows, milliseconds) =
      rate.map { ($0.rows, $0.milliseconds) } ?? (Double(done.scanned), done.milliseconds)
    return milliseconds > 0 ? rows / milliseconds : 0
  }

  /// Nothing done yet.
  package init() {}

  /// The columns of `gradus_updates` in the order in which they are read.
  static func columns(_ table: String) -> String {
    (BatchCount.columns + ["started_at", "average_rows", "average_ms", "batch_size"])
      .map { "\(table).\($0)" }.joined(separator: ", ")
  }

  init(_ row: Row, from first: Int) {
    done = BatchCount(row, from: first)
    startedAt = row[first + 5].integer
    // Of infinities no size could be made.
    let numbers = 0..<Double.infinity
    if let rows = row[first + 6].double, let milliseconds = row[first + 7].double,
      let size = row[first + 8].integer, numbers.contains(rows), numbers.contains(milliseconds)
    {
      rate = .init(rows: rows, milliseconds: milliseconds, size: Int(size))
    }
  }
}
