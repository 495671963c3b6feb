/// How batches are sized and spaced.
public struct BatchOptions: Sendable, Hashable {
  /// How long a batch should take.
  public var targetDuration: Duration
  /// The pause between two batches.
  public var pause: Duration
  /// The size of the first batch, in rows to look at.
  public var defaultBatchSize: Int
  /// No batch is smaller.
  public var minBatchSize: Int
  /// No batch is larger, so that memory stays flat; in the foreground, where batches are as much longer, five times this.
  public var maxBatchSize: Int
  /// How often in a row a batch may fail before its update is parked.
  public var attempts: Int

  /// - Parameters:
  ///   - targetDuration: how long a batch should take.
  ///   - pause: the pause between two batches.
  ///   - defaultBatchSize: the size of the first batch.
  ///   - minBatchSize: at least 1.
  ///   - maxBatchSize: the largest.
  ///   - attempts: how often in a row a batch may fail.
  public init(
    targetDuration: Duration = .milliseconds(100), pause: Duration = .seconds(1), defaultBatchSize: Int = 100,
    minBatchSize: Int = 1, maxBatchSize: Int = 10_000, attempts: Int = 5
  ) {
    precondition(minBatchSize >= 1 && defaultBatchSize >= minBatchSize && maxBatchSize >= minBatchSize)
    self.targetDuration = targetDuration
    self.pause = pause
    self.defaultBatchSize = defaultBatchSize
    self.minBatchSize = minBatchSize
    self.maxBatchSize = maxBatchSize
    self.attempts = attempts
  }

  /// For an operator or a start-up that waits for the end: longer and larger batches, no pause.
  public static let foreground = BatchOptions(
    targetDuration: .milliseconds(500), pause: .zero, defaultBatchSize: 500,
    maxBatchSize: BatchOptions().maxInForeground)

  /// The largest batch where somebody waits for the end.
  var maxInForeground: Int {
    let (size, overflows) = maxBatchSize.multipliedReportingOverflow(by: 5)
    return overflows ? .max : size
  }
}
