import GradusPort

extension PortResult {
  /// For people.
  func text(target: String) -> String {
    var lines = warnings.map { "warning: \($0)" }
    if !leftOut.isEmpty { lines.append("left out: \(leftOut.joined(separator: ", "))") }
    if !rebuilt.isEmpty {
      lines.append(
        "built anew: \(rebuilt.joined(separator: ", ")); by \(queued.joined(separator: ", "))")
    }
    let rows = tables.reduce(0) { $0 + $1.rows }
    switch status {
    case .dryRun:
      let list = tables.map { [$0.name, Text.count($0.rows)] }
      return
        ([Text.table(["table", "rows"], list)] + lines + [
          "\(tables.count) tables, \(Text.count(rows)) rows would be copied at version \(version)"
        ]).joined(separator: "\n")
    case .alreadyComplete:
      return "\(target): the port is complete, at version \(version); nothing was changed"
    case .differs:
      lines += differences.map { "differs: \($0)" }
      return (lines + ["\(target): source and target differ"]).joined(separator: "\n")
    case .complete:
      lines += tables.filter { $0.leftOut > 0 }.map {
        "\($0.name): \(Text.count($0.leftOut)) rows were left out"
      }
      lines += tables.filter { $0.mended > 0 }.map {
        "\($0.name): \(Text.count($0.mended)) values were mended"
      }
      lines.append(
        "\(target): at version \(version), \(Text.count(rows)) rows of \(tables.count) tables in \(Text.duration(.milliseconds(durationMs)))"
      )
      if !queued.isEmpty { lines.append("'updates run' builds the rest") }
      return lines.joined(separator: "\n")
    }
  }
}
