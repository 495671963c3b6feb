import Gradus

extension Checker {
  /// What is wrong with updates, with those findings that are meant.
  func updateFindings() throws -> [Finding] {
    let schema = builder.schema
    return UpdateRules(
      ledger: schema.ledger, declarations: schema.tree.declarations.values,
      deltas: try DeltaText.all(of: schema.tree), fullSchema: try DeltaText.unlogged(of: schema.tree),
      runnable: builder.registry.names
    ).findings()
  }

  /// Without those findings about deltas and full schemas that are meant.
  ///
  /// - Throws: `GradusError` where a file with findings cannot be read, or a suppression of it is malformed.
  func withoutSuppressed(_ findings: [Finding]) throws -> [Finding] {
    var findings = findings
    let tree = builder.schema.tree
    for file in [tree.deltas, tree.fullSchemas].flatMap({ $0.values.joined() }) where file.url != nil {
      let path = file.path
      guard findings.contains(where: { $0.file == path }) else { continue }
      let suppressions = try Suppression.all(in: file)
      let starts = try DeltaText(file).statements.map(\.position)
      findings.removeAll { finding in
        finding.file == path && suppressions.contains { $0.covers(finding, statements: starts) }
      }
    }
    return findings
  }
}
