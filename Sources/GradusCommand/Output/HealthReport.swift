import GradusSQL
import GradusUpdates

/// A limit of a health signal, with what was read just now.
struct HealthReport: Encodable {
  var signal: HealthSignal
  var limit: Double
  /// Nil where only workers can tell, or where it takes two readings.
  var value: Double?
  /// `running`, `slowed` or `paused`: what batches would do by this reading; nil without one.
  var state: String?

  /// The limits that are on, on this engine.
  static func read(_ limits: HealthLimits, on session: Session) async throws -> [HealthReport] {
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

  var text: String {
    guard let value, let state else {
      // The words of a reading, without the value.
      let words = HealthReading(signal: signal, value: 0, limit: limit).description.split(separator: " ")
      return "\(words[0]): at most \(words[words.count - 1])"
    }
    let reading = HealthReading(signal: signal, value: value, limit: limit).description
    return reading.replacing(" ", with: ": ", maxReplacements: 1) + (state == "running" ? "" : ", \(state)")
  }
}
