import GradusReports

extension StatusReport {
  /// The state for people.
  var text: String {
    func number(_ number: Int?) -> String { number.map(String.init) ?? "none" }
    var lines = [
      "\(title) (\(engine))",
      "  database:    version \(number(version)), compat \(number(compatVersion))",
      "  application: version \(applicationVersion), compat \(applicationCompatVersion)",
    ]
    if let refusal {
      lines.append("  \(isRefused ? "refused" : "migrate would fail"): \(refusal)")
    } else {
      lines.append(
        "  migrate: \(pendingSteps == 0 ? "nothing to do" : "\(Text.count(pendingSteps, "step")) pending; see 'plan'")"
      )
    }
    for migration in completedMigrations { lines.append("  complete: \(Text.printable(migration))") }
    lines += RunningProcessReport.lines(running, indent: "  running: ")
    lines.append("  background updates: \(updates.isEmpty ? "none queued" : "\(updates.count) queued")")
    lines += updates.map { "    \($0.statusLine)" }
    for update in updates {
      guard let parked = update.parked, parked.contains(where: \.isNewline) else { continue }
      lines.append("  \(Text.printable(update.name)) was parked with:")
      lines += parked.split(whereSeparator: \.isNewline).map { "    \($0)" }
    }
    if !workers.isEmpty { lines.append("  workers:") }
    lines += workers.map { "    \($0.text)" }
    if let windowOpensAt { lines.append("  time windows: closed until \(Text.time(windowOpensAt))") }
    if !health.isEmpty { lines.append("  health:") }
    lines += health.map { "    \($0.text)" }
    lines += warnings.map { "  warning: \($0)" }
    return lines.joined(separator: "\n")
  }
}
