package import GradusReports

/// A queued update as the API shows it: as the command line does, with its state and its pace.
package struct UpdateDocument: Encodable, Sendable {
  package var report: UpdateReport
  package var state: UpdateState
  package var pace: UpdatePace?

  package func encode(to encoder: any Encoder) throws {
    try report.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(state, forKey: .state)
    try container.encodeIfPresent(pace?.rowsPerSecond.map { ($0 * 100).rounded() / 100 }, forKey: .rowsPerS)
    try container.encodeIfPresent(pace?.left?.lowerBound.wholeMilliseconds, forKey: .etaMinMs)
    try container.encodeIfPresent(pace?.left?.upperBound.wholeMilliseconds, forKey: .etaMaxMs)
  }

  package enum CodingKeys: String, CodingKey {
    case state
    case rowsPerS = "rows_per_s"
    case etaMinMs = "eta_min_ms"
    case etaMaxMs = "eta_max_ms"
  }
}

extension Duration {
  /// Rounded; at most what 63 bits hold.
  fileprivate var wholeMilliseconds: Int64 {
    let (seconds, attoseconds) = components
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    return overflow ? .max : product + (attoseconds + 500_000_000_000_000) / 1_000_000_000_000_000
  }
}
