import CoreMetrics

/// What feeds a series; nothing where there is none. Each metric is given a handler of its own, of which it uses what
/// its kind needs.
final class PrometheusHandler: CounterHandler, FloatingPointCounterHandler, MeterHandler, RecorderHandler,
  TimerHandler
{
  let series: MetricSeries?
  private let isAggregate: Bool
  /// Whether it never goes down.
  private let isCounter: Bool

  init(_ series: MetricSeries?, isAggregate: Bool = false, isCounter: Bool = false) {
    self.series = series
    self.isAggregate = isAggregate
    self.isCounter = isCounter
  }

  func increment(by amount: Int64) { increment(by: Double(amount)) }
  func increment(by amount: Double) {
    guard !isCounter || (amount > 0 && amount.isFinite) else { return }
    series?.add(amount)
  }
  func decrement(by amount: Double) { series?.add(-amount) }
  func reset() { series?.reset() }
  func set(_ value: Int64) { series?.set(Double(value)) }
  func set(_ value: Double) { series?.set(value) }
  func record(_ value: Int64) { record(Double(value)) }
  func record(_ value: Double) { isAggregate ? series?.add(value) : series?.set(value) }
  func recordNanoseconds(_ duration: Int64) {
    series?.observe(Double(duration) / 1e9, bounds: PrometheusMetrics.bounds)
  }
}
