import Gradus
import GradusReports
import GradusSQL

extension PlanReport {
  /// The plan for people.
  var text: String {
    func number(_ number: Int?) -> String { number.map(String.init) ?? "none" }
    var lines = [
      "\(title) (\(engine)): version \(number(version)) -> \(max(targetVersion, version ?? 0)), compat \(number(compatVersion)) -> \(max(targetCompatVersion, compatVersion ?? 0))"
    ]
    lines += warnings.map { "warning: \($0)" }
    if steps.isEmpty { return (lines + ["nothing to do"]).joined(separator: "\n") }
    for (index, step) in steps.enumerated() {
      lines.append("")
      lines.append("\(index + 1). \(step.step)")
      lines.append("   why: \(step.reason)")
      if let rows = step.rows {
        let time = step.estimatedMs.map { ", about \(Text.duration(.milliseconds($0)))" } ?? ""
        lines.append("   estimated: \(Text.count(rows)) rows\(time)")
      }
      lines += RunningProcessReport.lines(step.running, indent: "   waits for the end of ")
      var shown: [String] = []
      for statement in step.statements {
        lines.append("   line \(statement.line): \(statement.sql)")
        if statement.locks != shown { lines += statement.locks.map { "     lock: \($0)" } }
        shown = statement.locks
      }
      if let sql = step.sql {
        lines += sql.sourceLines.map { "   | \($0)" }
      }
    }
    return lines.joined(separator: "\n")
  }
}
