import Foundation
import Gradus

extension Text {
  /// `██████░░ 75 % name: 1,500 rows, 250 rows/s, about 3-5 min left`
  ///
  /// - Parameter columns: where the line is longer, its bar is shorter, and the rate and then the rows are left out; the
  ///   time left is what people wait for.
  static func bar(_ progress: UpdateProgressReport, columns: Int = .max) -> String {
    let scanned = progress.phase ?? "\(count(progress.scanned)) rows"
    let left = progress.isComplete ? nil : progress.eta.flatMap(timeLeft)
    var rate: String?
    if progress.phase == nil, let number = progress.rate, number > 0 {
      rate = "\(number < 10 ? String(format: "%.1f", number) : count(Int(number))) rows/s"
    }
    var line = ""
    for (width, parts) in [
      (24, [scanned, rate, left]), (8, [scanned, rate, left]), (8, [scanned, left]), (8, [left ?? scanned]),
    ] {
      line = printable("\(progress.name): \(parts.compactMap(\.self).joined(separator: ", "))")
      if let fraction = progress.fraction {
        line = "\(bar(fraction, isComplete: progress.isComplete, width: width)) \(line)"
      }
      if self.width(line) <= columns { break }
    }
    return line
  }

  /// Full, and 100 %, is what is complete.
  private static func bar(_ fraction: Double, isComplete: Bool, width: Int) -> String {
    let filled = isComplete ? width : min(width - 1, Int(fraction * Double(width)))
    return String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
      + String(format: " %3d %%", isComplete ? 100 : wholePercent(fraction))
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
