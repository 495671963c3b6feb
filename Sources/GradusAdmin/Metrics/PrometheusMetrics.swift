import Synchronization

/// Keeps metrics and writes them in Prometheus's text format 0.0.4.
package final class PrometheusMetrics: Sendable {
  private struct Family {
    var kind: MetricKind
    var series: [[MetricLabel]: MetricSeries] = [:]
  }

  private struct State {
    var families: [String: Family] = [:]
    var seriesCount = 0
  }

  private let state = Mutex(State())
  private let help: [String: String]
  private let capacity: Int

  /// The upper ends of a timer's buckets, in seconds.
  static let bounds: [Double] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

  /// - Parameters:
  ///   - help: what metrics are about, by name.
  ///   - capacity: how many series are kept; further ones are not.
  package init(help: [String: String] = MetricHelp.texts, capacity: Int = 10_000) {
    self.help = help
    self.capacity = capacity
  }

  /// The series of a metric; nil where another kind of metric has its name, or where there are too many.
  func series(_ name: String, _ dimensions: [(String, String)], _ kind: MetricKind) -> MetricSeries? {
    let name = MetricName.metric(name)
    var labels: [MetricLabel] = []
    for (label, value) in dimensions {
      let label = MetricName.label(label)
      // Of two labels with one name the last counts.
      labels.removeAll { $0.name == label }
      labels.append(MetricLabel(name: label, value: value))
    }
    labels.sort { $0.name < $1.name }
    return state.withLock { state in
      var family = state.families[name] ?? Family(kind: kind)
      guard family.kind == kind else { return nil }
      if let series = family.series[labels] { return series }
      guard state.seriesCount < capacity else { return nil }
      let series = MetricSeries(
        family: name, labels: labels, bucketCount: kind == .histogram ? Self.bounds.count : 0)
      family.series[labels] = series
      state.families[name] = family
      state.seriesCount += 1
      return series
    }
  }

  func remove(_ series: MetricSeries) {
    state.withLock { state in
      guard state.families[series.family]?.series[series.labels] === series else { return }
      state.families[series.family]?.series[series.labels] = nil
      state.seriesCount -= 1
      if state.families[series.family]?.series.isEmpty == true { state.families[series.family] = nil }
    }
  }

  /// All metrics, sorted by name and labels.
  package func text() -> String {
    let families = state.withLock { $0.families }
    var text = ""
    for (name, family) in families.sorted(by: { $0.key < $1.key }) {
      if let help = help[name] { text += "# HELP \(name) \(MetricName.escapedHelp(help))\n" }
      text += "# TYPE \(name) \(family.kind.rawValue)\n"
      // The labels' text is made once a series, and not at each comparison.
      let series = family.series.values.map { (labels: Self.text($0.labels), series: $0) }
        .sorted { $0.labels < $1.labels }
      for (labels, series) in series { text += Self.samples(name, family.kind, series, labels) }
    }
    return text
  }

  private static func samples(
    _ name: String, _ kind: MetricKind, _ series: MetricSeries, _ labels: String
  ) -> String {
    let numbers = series.current
    guard kind == .summary || kind == .histogram else {
      return "\(name)\(labels) \(MetricName.number(numbers.value))\n"
    }
    var text = ""
    if kind == .histogram {
      var total: UInt64 = 0
      for (bound, count) in zip(bounds, numbers.buckets) {
        total += count
        text += bucket(name, series, MetricName.number(bound), total)
      }
      text += bucket(name, series, "+Inf", numbers.count)
    }
    return text
      + "\(name)_sum\(labels) \(MetricName.number(numbers.value))\n\(name)_count\(labels) \(numbers.count)\n"
  }

  private static func bucket(_ name: String, _ series: MetricSeries, _ bound: String, _ count: UInt64)
    -> String
  {
    "\(name)_bucket\(text(series.labels + [MetricLabel(name: "le", value: bound)])) \(count)\n"
  }

  private static func text(_ labels: [MetricLabel]) -> String {
    labels.isEmpty
      ? ""
      : "{\(labels.map { "\($0.name)=\"\(MetricName.escapedValue($0.value))\"" }.joined(separator: ","))}"
  }
}
