package import GradusSQL
package import GradusUpdates

/// A limit of a health signal, with what was read just now.
package struct HealthReport: Encodable, Sendable {
  package var signal: HealthSignal
  package var limit: Double
  /// Nil where only workers can tell, or where it takes two readings.
  package var value: Double?
  /// `running`, `slowed` or `paused`: what batches would do by this reading; nil without one.
  package var state: String?

  /// The limits that are on, on this engine.
  package static func read(_ limits: HealthLimits, on session: Session) async throws -> [HealthReport] {
    let readings = try await session.run { connection in
      var probe = HealthProbe()
      return try probe.read(connection, at: 0)
    }
    return HealthSignal.allCases.filter { $0.engines.contains(session.engine) }.compactMap { signal in
      guard let limit = limits[signal] else { return nil }
      guard let value = readings[signal] else { return HealthReport(signal: signal, limit: limit) }
      var judge = HealthJudge(limits: limits)
      return HealthReport(
        signal: signal, limit: limit, value: value, state: judge.verdict([signal: value]).state)
    }
  }
}
