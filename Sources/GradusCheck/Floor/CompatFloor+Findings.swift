import Gradus

extension CompatFloor {
  /// The findings: C15 where the compat version that is declared is below the floor, or cannot be checked.
  package var findings: [Finding] {
    guard let rule = Rule.find("C15") else { return [] }
    var found = ownBreakages.map { finding(rule, "version \(version) does not work on its own schema", $0) }
    if declared < floor {
      found += breakages.map {
        finding(rule, "version \(version) admits version \(declared), but the floor is \(floor)", $0)
      }
      if let migration, breakages.isEmpty {
        found.append(
          Finding(
            rule,
            "version \(version) admits version \(declared), but the gradual migration '\(migration)' shuts out all below \(floor)"
          ))
      }
    }
    found += unknown.map { version in
      if let upgradesFrom, version < upgradesFrom {
        return Finding(
          rule,
          "version \(version) is admitted, but its deltas are squashed, so that nobody knows whether it works",
          fix: "raise the compat version to \(upgradesFrom): below it no schema can be made any more")
      }
      return Finding(
        rule,
        "version \(version) is admitted, but has committed no queries, so that nobody knows whether it works",
        fix:
          "commit its queries; of a release, take them from its own tests or its database ('queries import')")
    }
    if let lowest, unknown.isEmpty {
      var finding = Finding(
        rule, "version \(version) shuts out version \(lowest), which would still work",
        fix: "lower the compat version to \(lowest), unless there are reasons that queries do not show")
      finding.severity = .warning
      found.append(finding)
    }
    return found
  }

  /// At the statement that did it, or else at the query.
  private func finding(_ rule: Rule, _ message: String, _ breakage: Breakage) -> Finding {
    Finding(
      rule, "\(message): \(breakage.text)", file: breakage.cause?.file ?? breakage.query.file,
      position: breakage.cause?.position ?? .init(line: breakage.query.line, column: 1),
      statement: breakage.cause?.statement ?? breakage.query.sql, engines: [breakage.engine])
  }
}

extension CompatFloor.Breakage {
  /// In one line.
  package var text: String { "the query '\(query.name)' of version \(version) fails: \(message)" }
}
