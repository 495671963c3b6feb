import Gradus

extension CompatFloor {
  /// The findings: C15 where the compat version that is declared is below the floor, or cannot be checked.
  package var findings: [Finding] {
    guard let rule = Rule.find("C15") else { return [] }
    var found: [Finding] = []
    if declared < floor {
      for breakage in breakages {
        found.append(
          Finding(
            rule,
            "version \(version) admits version \(declared), but the floor is \(floor): \(breakage.text)",
            file: breakage.cause?.file ?? breakage.query.file,
            position: breakage.cause?.position ?? .init(line: breakage.query.line, column: 1),
            statement: breakage.cause?.statement, engines: [breakage.engine]))
      }
    }
    found += unknown.map { version in
      Finding(
        rule, "version \(version) is admitted, but has committed no queries, so that nobody knows whether it works",
        fix: "commit its queries; of a release, take them from its own tests or its database ('queries import')")
    }
    if declared > floor, unknown.isEmpty {
      var finding = Finding(
        rule, "version \(version) shuts out version \(floor), which would still work",
        fix: "lower the compat version to \(floor), unless there are reasons that queries do not show")
      finding.severity = .warning
      found.append(finding)
    }
    return found
  }
}

extension CompatFloor.Breakage {
  /// In one line.
  package var text: String { "the query '\(query.name)' of version \(version) fails: \(message)" }
}
