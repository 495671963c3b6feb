import Gradus

extension Checker {
  /// What is wrong with updates, without those findings that are meant.
  func updateFindings() throws -> [Finding] {
    let schema = builder.schema
    let deltas = try DeltaText.all(of: schema.tree)
    let rules = UpdateRules(
      ledger: schema.ledger, declarations: schema.tree.declarations.values, deltas: deltas,
      runnable: builder.registry.names)
    var findings = rules.findings()
    for delta in deltas where findings.contains(where: { $0.file == delta.file.path }) {
      let suppressions = try Suppression.all(in: delta.file)
      let lines = delta.statements.map(\.position.line)
      findings.removeAll { finding in
        finding.file == delta.file.path && suppressions.contains { $0.covers(finding, statements: lines) }
      }
    }
    return findings
  }
}
