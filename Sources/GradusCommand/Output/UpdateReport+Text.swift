import GradusReports

extension UpdateReport {
  /// Why it does not run, or what runs.
  var note: String {
    if let parked {
      return "parked: " + (parked.split(whereSeparator: \.isNewline).first.map(String.init) ?? "")
    }
    if !known { return "not known here" }
    if let pausedBy { return "paused by \(pausedBy)" }
    if let phase { return phase }
    return workers.isEmpty ? "" : "running (\(workers.count) worker\(workers.count == 1 ? "" : "s"))"
  }

  /// A line for each update that `status` shows: `fill_totals: 42 %, running (2 workers)`.
  var statusLine: String {
    let percent = workers.isEmpty && scanned == 0 ? nil : fraction.map(Text.percent)
    let parts = [percent, note.isEmpty ? nil : note, dependsOn.map { "waits for \($0)" }].compactMap(\.self)
    return Text.printable(parts.isEmpty ? name : "\(name): \(parts.joined(separator: ", "))")
  }
}
