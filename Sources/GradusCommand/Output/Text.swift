import Foundation
import GradusUpdates
import Gradus

/// Numbers and tables for people.
package enum Text {
  package static func duration(_ duration: Duration) -> String {
    let milliseconds = duration.milliseconds
    return switch milliseconds {
    case ..<1000: "\(milliseconds) ms"
    case ..<60_000: String(format: "%.1f s", Double(milliseconds) / 1000)
    default: "\(milliseconds / 60_000) min \(milliseconds / 1000 % 60) s"
    }
  }

  /// With thin separators: 40,000.
  package static func count(_ number: Int) -> String {
    var digits = String(number.magnitude)
    var groups: [Substring] = []
    while digits.count > 3 {
      groups.insert(digits.suffix(3), at: 0)
      digits = String(digits.dropLast(3))
    }
    return (number < 0 ? "-" : "") + ([Substring(digits)] + groups).joined(separator: ",")
  }

  /// With what is counted: 1 step, 2 steps.
  static func count(_ number: Int, _ noun: String) -> String {
    "\(count(number)) \(noun)\(number == 1 ? "" : "s")"
  }

  /// 42 %; 100 % is said of what is complete.
  static func percent(_ fraction: Double) -> String { "\(wholePercent(fraction)) %" }

  /// The percents of what is not complete, rounded down; 29 of 0.29, which is a little less in binary.
  static func wholePercent(_ fraction: Double) -> Int { min(99, Int((fraction * 10_000).rounded() / 100)) }

  /// A time in milliseconds since 1970, in UTC.
  package static func time(_ milliseconds: Int64) -> String {
    Date(timeIntervalSince1970: Double(milliseconds) / 1000).formatted(.iso8601)
  }

  static func health(_ verdict: HealthVerdict) -> String {
    let readings = verdict.readings.map(\.description).joined(separator: ", ")
    return readings.isEmpty ? "batches run as usual again" : "batches are \(verdict.state): \(readings)"
  }

  /// Columns under a header, as wide as they need to be.
  package static func table(_ header: [String], _ rows: [[String]]) -> String {
    let rows = rows.map { $0.map(printable) }
    let widths = header.indices.map { column in ([header] + rows).map { width($0[column]) }.max() ?? 0 }
    func line(_ cells: [String]) -> String {
      zip(cells, widths).map { $0 + String(repeating: " ", count: $1 - width($0)) }.joined(separator: "  ")
    }
    return ([line(header), line(widths.map { String(repeating: "-", count: $0) })] + rows.map(line)).joined(
      separator: "\n")
  }
}
