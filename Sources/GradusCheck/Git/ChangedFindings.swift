package import Gradus

/// Which findings a change of files may have caused: those in a file that has changed, and those in others which say what
/// another file makes of them. Pure.
package struct ChangedFindings {
  private let changed: Set<String>
  private let isLedgerChanged: Bool
  /// The versions of which deltas or updates files have changed.
  private let deltas: Set<Int>
  /// The versions of which full schemas have changed.
  private let fullSchemas: Set<Int>
  /// Whether queries that versions have committed have changed.
  private let areQueriesChanged: Bool
  private let layout: SchemaLayout

  /// - Parameters:
  ///   - changed: the files that have changed, by their paths below the schema's folder.
  ///   - layout: where the schema's files are.
  package init(changed: some Sequence<String>, layout: SchemaLayout) {
    self.changed = Set(changed)
    self.layout = layout
    isLedgerChanged = self.changed.contains(layout.ledger)
    deltas = Set(self.changed.compactMap(layout.version(ofDelta:)))
    fullSchemas = Set(self.changed.compactMap(layout.version(ofFullSchema:)))
    areQueriesChanged = self.changed.contains(where: layout.isQueries)
  }

  /// Whether a change may have caused a finding.
  package func contains(_ finding: Finding) -> Bool {
    if let file = finding.file, changed.contains(file) { return true }
    if isLedgerChanged && Self.causedByLedger.contains(finding.rule) { return true }
    if let cause = finding.cause { return changed.contains(cause) }
    return isCausedElsewhere(finding)
  }

  /// Whether a file may cause a finding elsewhere, without that the finding says which.
  private func isCausedElsewhere(_ finding: Finding) -> Bool {
    switch finding.rule {
    // A full schema is to be what deltas make; earlier ones make one fail, after which nothing has been checked.
    case "D05", "D10", "D12", "D14", "L01", "L04", "L05", "P06", "P10", "P14":
      return isSchemaChanged(upTo: finding.file)
    // The oldest full schema is another.
    case "D15": return !fullSchemas.isEmpty
    // The other engine's schema is to be alike.
    case "D06": return isSchemaChanged(upTo: nil)
    // Staleness rules are the ledger's.
    case "D13": return isLedgerChanged || isSchemaChanged(upTo: nil)
    // Queries fail by later deltas.
    case "C15": return isLedgerChanged || areQueriesChanged || isSchemaChanged(upTo: nil)
    // The application's code may have lost what runs an update: no file tells.
    case "U01", "U02", "U05": return true
    // What is about no file is about the ledger.
    default: return finding.file == nil && isLedgerChanged
    }
  }

  /// Whether what makes the database has changed, up to the version of a file.
  private func isSchemaChanged(upTo file: String?) -> Bool {
    let all = deltas.union(fullSchemas)
    guard let file else { return !all.isEmpty }
    // One of neither folder, such as a delta in Swift, may change with the application.
    guard let version = layout.version(ofDelta: file) ?? layout.version(ofFullSchema: file) else {
      return true
    }
    return all.contains { $0 <= version }
  }

  /// What depends on the versions that are admitted, or that there are.
  private static let causedByLedger = Set(Rule.compat.map(\.id)).union(["D08", "U11"])
}

extension SchemaLayout {
  /// The version of a full schema by the path of a file of it; nil where it is none.
  fileprivate func version(ofFullSchema path: String) -> Int? {
    // The templates of both are alike.
    SchemaLayout(delta: fullSchema).version(ofDelta: path)
  }

  /// Whether a path is that of a version's queries.
  fileprivate func isQueries(_ path: String) -> Bool {
    guard let mark = queries.firstRange(of: "{version}") else { return path == queries }
    return path.hasPrefix(queries[..<mark.lowerBound]) && path.hasSuffix(queries[mark.upperBound...])
  }
}
