package import GradusSQL
package import GradusUpdates

/// Removes historical rows of slices that ended before a moment.
package struct HistoryPurgeUpdate: UpdateHandler {
  /// Which rows go.
  package struct Progress: UpdateProgress, Codable, Equatable {
    /// Rows of slices that ended before this moment, in milliseconds since 1970.
    package var beforeTimestamp: Int64

    enum CodingKeys: String, CodingKey {
      case beforeTimestamp = "before_ts"
    }
  }

  /// The update's name in the queue.
  package let name = "stats_purge_history"

  /// The handler.
  package init() {}

  /// Removes the oldest rows. What is gone is the progress.
  package func runBatch(
    _ progress: Progress, size: Int, on connection: Connection
  ) throws -> BatchResult<Progress> {
    guard try StatisticsKind.haveHistory(connection) else {
      return .end
    }
    var removed = 0
    for kind in StatisticsKind.all where removed < size {
      // The engine's own number of a row is the fastest way back to it.
      let delete =
        switch connection.engine {
        case .sqlite: "rowid IN (SELECT rowid"
        case .postgres: "ctid = ANY (ARRAY(SELECT ctid"
        }
      let end = connection.engine == .sqlite ? ")" : "))"
      removed += try connection.execute(
        """
        DELETE FROM \(kind.historical)
        WHERE \(delete) FROM \(kind.historical) WHERE end_ts < $1 ORDER BY end_ts LIMIT $2\(end)
        """, [.integer(progress.beforeTimestamp), SQLValue(size - removed)])
    }
    // That fewer went does not say that there were no more: some may have gone meanwhile together with their room.
    guard try removed == size || hasRows(progress, on: connection) else {
      return BatchResult(next: nil, scanned: removed, written: removed)
    }
    // A batch that looked at nothing would be taken for one that cannot go on.
    return BatchResult(next: progress, scanned: max(removed, 1), written: removed)
  }

  /// Whether any rows are left that are to go.
  private func hasRows(_ progress: Progress, on connection: Connection) throws -> Bool {
    try StatisticsKind.all.contains { kind in
      let sql = "SELECT 1 FROM \(kind.historical) WHERE end_ts < $1 ORDER BY end_ts LIMIT 1"
      return try connection.queryRow(sql, [.integer(progress.beforeTimestamp)]) != nil
    }
  }

  /// The rows that are still there.
  package func estimateRemaining(_ progress: Progress, on connection: Connection) throws -> Int? {
    guard try StatisticsKind.haveHistory(connection) else { return 0 }
    return try StatisticsKind.all.reduce(0) { count, kind in
      guard let count else { return nil }
      return try RowEstimate.count(
        kind.historical, where: "end_ts < $1", [.integer(progress.beforeTimestamp)], on: connection
      ).map { count + $0 }
    }
  }
}
