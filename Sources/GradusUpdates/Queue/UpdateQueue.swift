import Gradus
import GradusSQL

/// The rows of `background_updates` and, beside them in `gradus_updates`, what they cannot hold.
struct UpdateQueue {
  let connection: Connection

  /// All queued updates.
  func load() throws -> [QueuedUpdate] {
    try connection.query("SELECT update_name, progress_json, depends_on, ordering FROM background_updates")
      .map {
        QueuedUpdate(
          name: try $0.text(0), progress: try $0.text(1), dependsOn: $0[2].text,
          ordering: Int(try $0.integer(3)))
      }
  }

  /// A queued update and its statistics, its row locked against other runners; nil where it is gone.
  func lock(_ name: String) throws -> (progress: String, statistics: UpdateStatistics)? {
    let row = try connection.queryRow(
      """
      SELECT b.progress_json, u.scanned, u.written, u.batches, u.duration_ms, u.skipped, u.started_at, u.completed_at
      FROM background_updates b LEFT JOIN gradus_updates u ON u.update_name = b.update_name
      WHERE b.update_name = $1 \(connection.engine == .postgres ? "FOR UPDATE OF b" : "")
      """, [.text(name)])
    guard let row else { return nil }
    return (try row.text(0), UpdateStatistics(row, from: 1))
  }

  /// The statistics of an update, queued or completed; nil where it never ran.
  func statistics(_ name: String) throws -> UpdateStatistics? {
    try connection.queryRow(
      """
      SELECT scanned, written, batches, duration_ms, skipped, started_at, completed_at FROM gradus_updates
      WHERE update_name = $1
      """, [.text(name)]
    ).map { UpdateStatistics($0, from: 0, keepsCompleted: true) }
  }

  /// Saves what a batch came to; the update's row goes where it is complete.
  func save(_ name: String, next: String?, _ statistics: UpdateStatistics) throws {
    if let next {
      try connection.execute(
        "UPDATE background_updates SET progress_json = $2 WHERE update_name = $1", [.text(name), .text(next)])
    } else {
      try connection.execute("DELETE FROM background_updates WHERE update_name = $1", [.text(name)])
    }
    let now = ProcessIdentity.now
    try connection.execute(
      """
      INSERT INTO gradus_updates (update_name, scanned, written, batches, duration_ms, skipped, started_at, updated_at,
        completed_at, completed_by)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
      ON CONFLICT (update_name) DO UPDATE SET scanned = excluded.scanned, written = excluded.written,
        batches = excluded.batches, duration_ms = excluded.duration_ms, skipped = excluded.skipped,
        started_at = excluded.started_at, updated_at = excluded.updated_at, completed_at = excluded.completed_at,
        completed_by = excluded.completed_by
      """,
      [
        .text(name), SQLValue(statistics.scanned), SQLValue(statistics.written), SQLValue(statistics.batches),
        .double(statistics.milliseconds), .text(statistics.skippedJSON),
        .integer(statistics.startedAt ?? now),
        .integer(now), next == nil ? .integer(now) : .null,
        next == nil ? .text(ProcessIdentity.current) : .null,
      ])
  }
}
