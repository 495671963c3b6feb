package import GradusSQL
package import GradusUpdates

/// The first and the last update of the chain that computes statistics anew.
///
/// In the homeserver they end at once, and exist for what depends on them. Here the first copies rows whose slice is over
/// into the history, before anything is counted, and the last those that became old meanwhile, among them of rooms that
/// all have left. A database without a history has nothing to copy.
package struct CollectStatisticsUpdate: UpdateHandler {
  /// The update's name in the queue.
  package let name: String

  private let options: StatisticsOptions

  /// The first of the chain.
  ///
  /// - Parameter options: the clock, and whether there are statistics.
  package static func prepare(_ options: StatisticsOptions = StatisticsOptions()) -> CollectStatisticsUpdate {
    CollectStatisticsUpdate(name: "populate_stats_prepare", options: options)
  }

  /// The last of the chain.
  ///
  /// - Parameter options: the clock, and whether there are statistics.
  package static func cleanup(_ options: StatisticsOptions = StatisticsOptions()) -> CollectStatisticsUpdate {
    CollectStatisticsUpdate(name: "populate_stats_cleanup", options: options)
  }

  /// Copies the next rows. What is no longer dirty is the progress.
  package func runBatch(
    _ progress: StatisticsProgress, size: Int, on connection: Connection
  ) throws -> BatchResult<StatisticsProgress> {
    guard options.isEnabled, try StatisticsKind.haveHistory(connection) else {
      return .end
    }
    let copied = try StatisticsRecorder(options).collect(limit: size, on: connection)
    guard copied == 0 else { return BatchResult(next: progress, scanned: copied, written: copied) }
    // In the last batch, of which there is one: the progress does not tell the first one from others.
    var skips = SkipCounter()
    for kind in StatisticsKind.all { try skips.countByteIDs(kind.key, in: kind.slices, on: connection) }
    return .end(skipping: skips)
  }
}
