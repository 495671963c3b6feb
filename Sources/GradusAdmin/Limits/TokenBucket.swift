/// Lets some through at once, and then one every so often. Pure: the time goes in.
package struct TokenBucket: Sendable, Hashable {
  /// How many at once.
  package let capacity: Double
  /// How long it takes until one more may.
  package let interval: Duration
  private var level: Double
  private var filledAt: Duration

  /// - Parameters:
  ///   - capacity: how many at once.
  ///   - interval: how long it takes until one more may.
  ///   - now: the time on any clock that does not stop.
  package init(capacity: Int, interval: Duration, now: Duration) {
    self.capacity = Double(capacity)
    self.interval = interval
    level = Double(capacity)
    filledAt = now
  }

  private mutating func fill(_ now: Duration) {
    guard now > filledAt else { return }
    level = min(capacity, level + (now - filledAt) / interval)
    filledAt = now
  }

  /// How long until one may; zero where one may now.
  package mutating func wait(now: Duration) -> Duration {
    fill(now)
    return level >= 1 ? .zero : interval * (1 - level)
  }

  /// Lets one through.
  package mutating func take(now: Duration) {
    fill(now)
    level = max(0, level - 1)
  }

  /// Whether it is as if nothing had ever come.
  package mutating func isFull(now: Duration) -> Bool {
    fill(now)
    return level >= capacity
  }
}
