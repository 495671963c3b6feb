import GradusReports

extension RollbackReport {
  /// The answer for people.
  var text: String {
    let versions =
      "at version \(version.map(String.init) ?? "none"), compat \(compatVersion.map(String.init) ?? "none")"
    var lines = [
      "\(title) (\(engine)), \(versions)",
      isPossible ? "  yes: version \(target) may be put back" : "  no: version \(target) may not be put back",
    ]
    for refusal in refusals { lines += ["  because \(refusal.message)", "    \(refusal.hint)"] }
    lines += notes.map { "  note: \($0.message)" }
    return lines.joined(separator: "\n")
  }
}
