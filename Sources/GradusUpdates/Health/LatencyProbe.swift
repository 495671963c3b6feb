import Synchronization

/// Lets the application tell how long its own work takes, so that background updates make way when that grows.
///
/// Feed it with what users wait for, such as the duration of requests or of their transactions. It may be fed from
/// anywhere, and often: a record costs about as much as a lock that nobody holds.
public final class LatencyProbe: Sendable {
  private let histogram = Mutex(LatencyHistogram())
  private let seconds: @Sendable () -> Int

  /// - Parameter clock: tells the time.
  public init<C: Clock>(clock: C = ContinuousClock()) where C.Duration == Duration {
    let start = clock.now
    seconds = { Int(start.duration(to: clock.now).components.seconds) }
  }

  /// Counts a piece of work.
  ///
  /// - Parameter duration: how long it took.
  public func record(_ duration: Duration) {
    let second = seconds()
    histogram.withLock { $0.record(duration / .milliseconds(1), at: second) }
  }

  /// The duration that 95 % of the last ten seconds' work did not exceed, in milliseconds and within 6 %; with fewer
  /// than 20 pieces of work that is the longest. Nil where there was none: an idle application is no slow one.
  public var current: Double? {
    let second = seconds()
    return histogram.withLock { $0.quantile(0.95, at: second) }
  }
}
