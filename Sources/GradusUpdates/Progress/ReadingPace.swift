/// When what may take long to read is read again: so seldom that reading it takes little of the time. Pure.
struct ReadingPace: Sendable {
  private var due: ContinuousClock.Instant?

  private let leastPause: Duration
  /// So that it takes no more than one part in fifty.
  private static let pauses = 50

  /// - Parameter leastPause: how long it is not read again however quickly it is read.
  init(leastPause: Duration = .seconds(1)) { self.leastPause = leastPause }

  /// Whether it is to be read now; it has not been read yet, or long ago.
  func isDue(at now: ContinuousClock.Instant) -> Bool { due.map { now >= $0 } ?? true }

  /// It was read.
  ///
  /// - Parameters:
  ///   - duration: how long it took.
  ///   - count: how many are read like this, each by a pace of its own; together they take no more.
  ///   - now: when that was over.
  mutating func record(_ duration: Duration, among count: Int = 1, at now: ContinuousClock.Instant) {
    due = now + max(leastPause, duration * Self.pauses * count)
  }
}
