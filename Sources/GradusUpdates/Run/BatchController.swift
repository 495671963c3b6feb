/// Sizes batches so that each takes about as long as wanted. Pure: durations go in, sizes come out.
///
/// It is fed with rows looked at, not rows written: an update that finds something to do in one row of a hundred still
/// has to look at all of them, and a batch sized by hits would shrink to nothing. The rate is a pair of exponential
/// moving averages with one factor, as the homeserver has it; growth is bounded, shrinking is not.
struct BatchController {
  let options: BatchOptions
  private var averageRows = 0.0
  private var averageMilliseconds = 0.0
  private var hasRate = false
  private var lastSize: Int

  init(_ options: BatchOptions) {
    self.options = options
    lastSize = options.defaultBatchSize
  }

  private static let smoothing = 0.1
  private static let growth = 2.0

  /// The size of the next batch, in rows to look at.
  var size: Int {
    guard hasRate else { return lastSize }
    let target = Double(options.targetDuration.milliseconds)
    // Faster than the clock can tell: as fast as growth allows.
    let wanted = averageMilliseconds > 0 ? target * averageRows / averageMilliseconds : .infinity
    let bounded = min(wanted, Double(max(lastSize, 1)) * Self.growth, Double(options.maxBatchSize))
    return max(options.minBatchSize, Int(bounded))
  }

  /// A batch of this size was done.
  mutating func record(size: Int, scanned: Int, milliseconds: Double) {
    lastSize = size
    guard scanned > 0 else { return }
    averageRows += Self.smoothing * (Double(scanned) - averageRows)
    averageMilliseconds += Self.smoothing * (milliseconds - averageMilliseconds)
    hasRate = true
  }

  /// A batch of this size met a lock, a timeout or a conflict: the next is half as large, and the rate starts anew.
  mutating func recordConflict(size: Int) {
    lastSize = max(options.minBatchSize, size / 2)
    (averageRows, averageMilliseconds, hasRate) = (0, 0, false)
  }
}
