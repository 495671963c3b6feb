import GradusReports
import GradusUpdates

extension HealthReport {
  /// For people.
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
