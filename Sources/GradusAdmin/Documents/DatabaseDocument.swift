package import GradusReports

/// The state of one database as the API shows it.
package struct DatabaseDocument: Encodable, Sendable {
  /// Whether all its updates are paused.
  package var isPaused: Bool
  package var report: StatusReport
  package var updates: [UpdateDocument]

  package func encode(to encoder: any Encoder) throws {
    try report.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(isPaused, forKey: .paused)
    // In place of the report's own, which lack state and pace.
    try container.encode(updates, forKey: .updates)
  }

  package enum CodingKeys: String, CodingKey { case paused, updates }
}
