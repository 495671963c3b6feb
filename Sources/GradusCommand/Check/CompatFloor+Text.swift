import GradusCheck
import GradusSQL

extension CompatFloor {
  /// For people.
  var text: String {
    var lines = [
      "the compat floor of version \(version) is \(floor); the ledger says \(declared)"
        + (declared < floor ? ", which is too low" : "")
    ]
    if let migration {
      lines.append("  the gradual migration '\(migration)' shuts older versions out")
    }
    lines += (ownBreakages + breakages).flatMap(\.lines)
    lines += unknown.map { version in
      let reason = version < upgradesFrom ?? .min ? "its deltas are squashed" : "has committed no queries"
      return "  version \(version) is admitted, but \(reason)"
    }
    if let lowest, unknown.isEmpty {
      lines.append("  version \(lowest) would still work: is the compat version needlessly high?")
    }
    lines += warnings.filter { $0.version >= floor }.map {
      "  warning: the query '\($0.query.name)' of version \($0.version) reads otherwise: \($0.message)"
    }
    lines += notes.map { "  warning: \($0)" }
    return lines.joined(separator: "\n")
  }
}

extension CompatFloor.Breakage {
  var lines: [String] {
    var lines = [
      "  version \(version) does not work: \(query.file):\(query.line): the query '\(query.name)' on \(engine), \(state.rawValue)",
      "    \(message)",
    ]
    if let cause {
      lines.append("    by \(cause.file):\(cause.position.line):\(cause.position.column): \(cause.change)")
      lines.append("      \(SQLError.shortened(cause.statement))")
    }
    return lines
  }
}
