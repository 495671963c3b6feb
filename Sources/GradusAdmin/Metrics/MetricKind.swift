/// Kinds of metrics, as Prometheus names them.
enum MetricKind: String, Sendable, Hashable {
  case counter
  case gauge
  case summary
  case histogram
}
