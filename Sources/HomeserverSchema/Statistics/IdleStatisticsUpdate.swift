public import GradusSQL
public import GradusUpdates

/// The first and the last update of an older chain: they have nothing to do, but what depends on them waits for them.
public struct IdleStatisticsUpdate: UpdateHandler {
  /// The update's name in the queue.
  public let name: String

  /// The first of the chain.
  public static let prepare = IdleStatisticsUpdate(name: "populate_stats_prepare")
  /// The last of the chain.
  public static let cleanup = IdleStatisticsUpdate(name: "populate_stats_cleanup")

  /// Ends at once.
  public func runBatch(
    _ progress: StatisticsProgress, size: Int, on connection: Connection
  ) throws -> BatchResult<StatisticsProgress> {
    BatchResult(next: nil, scanned: 0, written: 0)
  }

  /// Nothing.
  public func estimateRemaining(_ progress: StatisticsProgress, on connection: Connection) throws -> Int? {
    0
  }
}
