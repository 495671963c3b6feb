package import GradusSQL
import GradusUpdates

/// Has old rows of the history removed by a background update.
package struct HistoryPurge: Sendable, Hashable {
  /// Rows of slices that ended before this moment go, in milliseconds since 1970.
  package var before: Int64

  /// - Parameter before: rows of slices that ended before this moment go, in milliseconds since 1970.
  package init(before: Int64) { self.before = before }

  /// What was ordered.
  package struct Outcome: Sendable, Hashable {
    /// Rows of slices that ended before this moment go.
    package var beforeTimestamp: Int64
    /// How many rows these are, roughly; nil where that is unknown.
    package var rows: Int?
  }

  /// Queues the update; where it is queued already, the later moment holds, and where it is parked it gets another try.
  ///
  /// - Parameter connection: a connection to the main database, with Gradus's tables, in a transaction.
  /// - Throws: `SQLError`; `HomeserverError` where the database has no history.
  package func queue(on connection: Connection) throws -> Outcome {
    try StatisticsHistory.require(on: connection)
    let update = HistoryPurgeUpdate()
    try RowLock.take([update.name], column: "update_name", of: "background_updates", on: connection)
    let row = try connection.queryRow(
      "SELECT progress_json FROM background_updates WHERE update_name = $1", [.text(update.name)])
    let queued = row.flatMap { try? HistoryPurgeUpdate.Progress(json: $0.text(0)) }
    let progress = HistoryPurgeUpdate.Progress(
      beforeTimestamp: max(before, queued?.beforeTimestamp ?? before))
    try connection.execute(
      """
      INSERT INTO background_updates (update_name, progress_json, depends_on) VALUES ($1, $2, '')
      ON CONFLICT (update_name) DO UPDATE SET progress_json = excluded.progress_json
      """, [.text(update.name), .text(progress.json)])
    // Who orders it again means it.
    try QueueControls(connection).retry(update.name)
    return Outcome(
      beforeTimestamp: progress.beforeTimestamp,
      rows: try update.estimateRemaining(progress, on: connection))
  }
}
