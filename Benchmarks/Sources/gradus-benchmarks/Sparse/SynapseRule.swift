/// The homeserver's rule for the size of a batch: the target duration times a rate that is a pair of moving averages.
///
/// Its handlers say how many rows they have updated. Where these are few among many that are looked at, the rule takes
/// the batch for slow and makes it smaller, until it looks at one row at a time.
struct SynapseRule {
  private static let target = 100.0
  private static let smoothing = 0.1
  private var average: (items: Double, milliseconds: Double)?

  /// The size of the next batch.
  var size: Int {
    guard let average else { return 100 }
    return max(1, Int(min(1e9, Self.target * average.items / average.milliseconds)))
  }

  mutating func record(items: Int, milliseconds: Double) {
    let last = average ?? (0, 0)
    average = (
      last.items + Self.smoothing * (Double(items) - last.items),
      last.milliseconds + Self.smoothing * (milliseconds - last.milliseconds)
    )
  }
}
