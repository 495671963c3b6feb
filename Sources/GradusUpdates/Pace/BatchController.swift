/// Sizes batches so that each takes about as long as wanted. Pure: durations go in, sizes come out.
///
/// It is fed with rows looked at, not rows written: an update that finds something to do in one row of a hundred still
/// has to look at all of them, and a batch sized by hits would shrink to nothing. The rate is a pair of exponential
/// moving averages with one factor, as the homeserver has it; growth is bounded, shrinking is not.
struct BatchController: Sendable {
  /// What is kept over restarts.
  struct Rate: Sendable, Hashable {
    /// Moving average of the rows a batch looked at.
    var rows: Double
    /// Moving average of a batch's duration in milliseconds.
    var milliseconds: Double
    /// The size of the last batch.
    var size: Int
  }

  let maxSize: Int
  private var average: (rows: Double, milliseconds: Double)?
  private var lastSize: Int?
  /// What the last batch would have had to be to take as long as wanted, where it took far longer.
  private var ceiling: Double?

  /// - Parameters:
  ///   - maxSize: no batch is larger.
  ///   - rate: where an earlier process stopped; nil where there was none.
  init(maxSize: Int, resuming rate: Rate? = nil) {
    self.maxSize = maxSize
    if let rate {
      average = (rate.rows, rate.milliseconds)
      lastSize = rate.size
    }
  }

  private static let smoothing = 0.1
  private static let growth = 2.0
  /// A batch that took this many times as long as wanted is not only averaged in: the next is sized by it alone.
  private static let outlier = 2.0

  /// What to keep; nil before the first batch.
  var rate: Rate? {
    guard let average, let lastSize else { return nil }
    return Rate(rows: average.rows, milliseconds: average.milliseconds, size: lastSize)
  }

  /// No size is larger, whatever is asked for: who adds to one, or multiplies it, is not to leave what a number can be.
  private static let largest = Int(Int32.max)

  /// The size of the next batch, in rows to look at.
  ///
  /// - Parameters:
  ///   - milliseconds: how long it should take.
  ///   - defaultSize: the size where no rate is known.
  ///   - minSize: no batch is smaller.
  func size(milliseconds target: Double, defaultSize: Int, minSize: Int) -> Int {
    let (minSize, maxSize) = (min(minSize, Self.largest), min(maxSize, Self.largest))
    guard let average else { return max(minSize, min(lastSize ?? defaultSize, maxSize)) }
    // Faster than the clock can tell: as fast as growth allows.
    let wanted = average.milliseconds > 0 ? target * average.rows / average.milliseconds : .infinity
    let grown = lastSize.map { Double(max($0, 1)) * Self.growth } ?? .infinity
    let bounded = min(wanted, grown, ceiling ?? .infinity, Double(maxSize))
    return max(minSize, Int(bounded))
  }

  /// A batch was done.
  ///
  /// - Parameters:
  ///   - size: what was asked for.
  ///   - scanned: the rows it looked at.
  ///   - milliseconds: how long it took.
  ///   - target: how long it should have taken, in milliseconds.
  mutating func record(size: Int, scanned: Int, milliseconds: Double, target: Double) {
    lastSize = size
    ceiling = nil
    guard scanned > 0 else { return }
    var next = average ?? (0, 0)
    next.rows += Self.smoothing * (Double(scanned) - next.rows)
    next.milliseconds += Self.smoothing * (milliseconds - next.milliseconds)
    average = next
    if milliseconds > Self.outlier * target { ceiling = Double(scanned) * target / milliseconds }
  }

  /// A batch of this size met a lock, a timeout or a conflict: the next is half as large, and the rate starts anew.
  mutating func recordConflict(size: Int) {
    lastSize = max(1, size / 2)
    (average, ceiling) = (nil, nil)
  }
}
