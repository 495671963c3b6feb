/// Limits how often an address may present wrong tokens. Pure but for what it remembers, which is bounded.
package struct FailureLimiter: Sendable {
  private var buckets: [String: TokenBucket] = [:]
  private let burst: Int
  private let interval: Duration
  private let capacity: Int

  /// - Parameters:
  ///   - burst: wrong tokens at once.
  ///   - interval: how long it takes until one more may be tried.
  ///   - capacity: how many addresses are remembered.
  package init(burst: Int = 10, interval: Duration = .seconds(6), capacity: Int = 4096) {
    precondition(burst > 0 && capacity > 0 && interval > .zero)
    self.burst = burst
    self.interval = interval
    self.capacity = capacity
  }

  /// How many addresses it remembers.
  package var count: Int { buckets.count }

  /// How long an address has to wait before a token of it is looked at; zero where it need not.
  package mutating func wait(_ address: String, now: Duration) -> Duration {
    guard var bucket = buckets[address] else { return .zero }
    let wait = bucket.wait(now: now)
    buckets[address] = bucket
    return wait
  }

  /// A wrong token came from an address.
  package mutating func fail(_ address: String, now: Duration) {
    if buckets[address] == nil, buckets.count >= capacity { forget(now) }
    var bucket = buckets[address] ?? TokenBucket(capacity: burst, interval: interval, now: now)
    bucket.take(now: now)
    buckets[address] = bucket
  }

  /// Makes room: forgets those that have been quiet, or else any one.
  private mutating func forget(_ now: Duration) {
    for (address, bucket) in buckets {
      var bucket = bucket
      if bucket.isFull(now: now) { buckets[address] = nil }
    }
    if buckets.count >= capacity,
      let soonest = buckets.min(by: { first, second in
        var (first, second) = (first.value, second.value)
        return first.wait(now: now) < second.wait(now: now)
      })?.key
    {
      buckets[soonest] = nil
    }
  }
}
