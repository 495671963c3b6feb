/// Measures the time and the processor time of a piece of work.
struct Stopwatch {
  private let start = ContinuousClock.now
  private let usage = ResourceUsage.current

  /// Since it was made, in seconds of the clock on the wall.
  var seconds: Double {
    let (seconds, attoseconds) = (ContinuousClock.now - start).components
    return Double(seconds) + Double(attoseconds) / 1e18
  }

  /// Since it was made, in seconds of this process's processor time.
  var processorSeconds: Double { ResourceUsage.current.seconds - usage.seconds }
}
