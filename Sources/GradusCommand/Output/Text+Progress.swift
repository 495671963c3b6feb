import Foundation
import Gradus

extension Text {
  /// `██████░░ 75 % name: 1,500 rows, 250 rows/s, about 3-5 min left`
  static func bar(_ progress: UpdateProgressReport) -> String {
    var parts = [progress.phase ?? "\(count(progress.scanned)) rows"]
    if progress.phase == nil, let rate = progress.rate, rate > 0 {
      parts.append("\(rate < 10 ? String(format: "%.1f", rate) : count(Int(rate))) rows/s")
    }
    if !progress.isComplete, let eta = progress.eta, let left = timeLeft(eta) { parts.append(left) }
    let line = "\(progress.name): \(parts.joined(separator: ", "))"
    guard let fraction = progress.fraction else { return line }
    let width = 24
    let filled = Int(fraction * Double(width))
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    // Rounded down: 100 % is said of what is complete.
    return "\(bar) \(String(format: "%3d", Int(fraction * 100))) % \(line)"
  }

  /// `about 3-5 min left`, `about 40 s to 2 min left`; nil where none is left.
  static func timeLeft(_ eta: ClosedRange<Duration>) -> String? {
    guard eta.upperBound > .zero else { return nil }
    let (least, most) = (
      Double(eta.lowerBound.milliseconds) / 1000, Double(eta.upperBound.milliseconds) / 1000
    )
    let (unit, upperUnit) = (self.unit(least), self.unit(most))
    let upper = Int((most / upperUnit.seconds).rounded(.up))
    if least >= upperUnit.seconds {
      let lower = Int(least / upperUnit.seconds)
      return "about \(lower == upper ? "" : "\(count(lower))-")\(count(upper)) \(upperUnit.name) left"
    }
    let lower = Int(least / unit.seconds)
    return lower == 0
      ? "up to \(count(upper)) \(upperUnit.name) left"
      : "about \(count(lower)) \(unit.name) to \(count(upper)) \(upperUnit.name) left"
  }

  /// The largest unit of which there are two or more.
  private static func unit(_ seconds: Double) -> (name: String, seconds: Double) {
    switch seconds {
    case ..<120: ("s", 1)
    case ..<7200: ("min", 60)
    case ..<172_800: ("h", 3600)
    default: ("days", 86_400)
    }
  }
}
