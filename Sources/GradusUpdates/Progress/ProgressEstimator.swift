/// How fast an update gets on, and how long it will still take. Pure: samples go in, with the time of each.
///
/// The rate is that of the last 20 steps between samples, all their rows over all their time, so that a long step
/// counts for more than a short one. The time left is an interval, since a single number would claim to know what the
/// steps do not tell: it is as wide as they differ from each other, wider while there are few of them, and wider where
/// the newer half of them is faster or slower than the older.
package struct ProgressEstimator: Sendable {
  private struct Step {
    var rows: Double
    var seconds: Double
    var rate: Double { rows / seconds }
  }

  private var last: (scanned: Int, seconds: Double)?
  private var steps: [Step] = []
  private var remaining: Int?

  private static let capacity = 20
  /// A single step that is so many times faster than any other is not this update's pace.
  private static let jump = 20.0
  /// How much a step may be expected to differ from the mean before any has been seen, as a part of the mean.
  private static let expectedSpread = 0.5
  /// What remains is itself an estimate, so no interval is narrower than this on either side.
  private static let leastWidth = 0.03
  private static let longest = 100.0 * 365 * 86_400

  package init() {}

  /// Takes a sample.
  ///
  /// - Parameters:
  ///   - scanned: rows looked at so far, in all, by whichever process. Where that is less than before, the update was
  ///     begun anew, and so is the estimate.
  ///   - remaining: rows that remain; nil where that is unknown.
  ///   - seconds: the time of the sample on any clock that does not stop, pauses included.
  package mutating func record(scanned: Int, remaining: Int?, at seconds: Double) {
    self.remaining = remaining.map { max(0, $0) }
    guard let last, scanned >= last.scanned, seconds >= last.seconds else {
      steps = []
      last = (scanned, seconds)
      return
    }
    // Of two samples at one moment the first remains, so that the rows between them are part of the next step.
    guard seconds > last.seconds else { return }
    if steps.count == Self.capacity { steps.removeFirst() }
    steps.append(Step(rows: Double(scanned - last.scanned), seconds: seconds - last.seconds))
    self.last = (scanned, seconds)
  }

  /// Whether no row was looked at in any of as many steps as are remembered.
  ///
  /// - Parameter seconds: how long they must have taken together.
  package func isStill(for seconds: Double) -> Bool {
    steps.count == Self.capacity && steps.allSatisfy { $0.rows == 0 }
      && steps.reduce(0) { $0 + $1.seconds } >= seconds
  }

  /// Rows looked at per second, pauses included; nil before the second sample.
  package var rate: Double? { Self.rate(paced[...]) }

  /// The time left; nil with fewer than three samples, where it is unknown how many rows remain, and where none is
  /// looked at.
  package var eta: ClosedRange<Duration>? {
    guard let remaining else { return nil }
    if remaining == 0 { return .zero ... .zero }
    let steps = paced
    guard steps.count >= 2, let rate = Self.rate(steps[...]), rate > 0 else { return nil }
    let seconds = Double(remaining) / rate
    let factor = 1 + width(steps, rate, Double(remaining))
    return .seconds(min(seconds / factor, Self.longest)) ... .seconds(min(seconds * factor, Self.longest))
  }

  /// The steps without one that took over what another process had done.
  private var paced: [Step] {
    guard steps.count >= 3, let fastest = steps.indices.max(by: { steps[$0].rate < steps[$1].rate }) else {
      return steps
    }
    var others = steps
    others.remove(at: fastest)
    let next = others.map(\.rate).max() ?? 0
    return next > 0 && steps[fastest].rate > next * Self.jump ? others : steps
  }

  private static func rate(_ steps: ArraySlice<Step>) -> Double? {
    let seconds = steps.reduce(0) { $0 + $1.seconds }
    return seconds > 0 ? steps.reduce(0) { $0 + $1.rows } / seconds : nil
  }

  /// By how much the time left may be off, as a part of it.
  private func width(_ steps: [Step], _ rate: Double, _ remaining: Double) -> Double {
    let count = Double(steps.count)
    let meanRows = steps.reduce(0) { $0 + $1.rows } / count
    // The variance of a ratio of sums: what each step's rows differ from those that its duration should have given.
    let squares = steps.reduce(0) { sum, step in
      let residual = (step.rows - rate * step.seconds) / meanRows
      return sum + residual * residual
    }
    let spread = ((squares + Self.expectedSpread * Self.expectedSpread) / count).squareRoot()
    // The past steps are a sample, and so are the future ones.
    let ahead = max(1, remaining / meanRows)
    let noise = Self.quantile(count - 1) * spread * (1 / count + 1 / ahead).squareRoot()
    let half = steps.count / 2
    var drift = 0.0
    if half >= 2, let older = Self.rate(steps[..<half]), let newer = Self.rate(steps[half...]) {
      drift = (newer - older) / rate
    }
    // Few steps have not met what is rare.
    return Self.leastWidth + 1 / count + (noise * noise + drift * drift).squareRoot()
  }

  /// Student's t for nine cases of ten, within 5 %.
  private static func quantile(_ freedom: Double) -> Double { 1.75 + 4.5 / (freedom * freedom) }
}
