/// Which findings a change of files may have caused: those in a file that has changed, and those in others which say what
/// another file makes of them. Pure.
package struct ChangedFindings {
  private let changed: Set<String>
  private let isLedgerChanged: Bool

  /// - Parameters:
  ///   - changed: the files that have changed.
  ///   - ledger: the ledger's path.
  package init(changed: some Sequence<String>, ledger: String) {
    self.changed = Set(changed)
    isLedgerChanged = self.changed.contains(ledger)
  }

  /// Whether a change may have caused a finding.
  package func contains(_ finding: Finding) -> Bool {
    guard let file = finding.file, !changed.contains(file) else { return true }
    if let cause = finding.cause { return changed.contains(cause) }
    return Self.causedElsewhere.contains(finding.rule)
      || isLedgerChanged && Self.causedByLedger.contains(finding.rule)
  }

  /// What another file may cause, without that the finding says which: queries fail by later deltas (C15); a full schema is
  /// to be what deltas make (D05); the other engine's schema is to be alike (D06); a number is taken by another delta (D07);
  /// earlier deltas make one fail, after which nothing has been checked (D10 and its kind, D12, D14 and L01); an update
  /// loses what runs it, or what it depends on.
  private static let causedElsewhere: Set = [
    "C15", "D05", "D06", "D07", "D10", "D12", "D14", "L01", "L04", "L05", "P06", "P10", "P14", "U01", "U02",
    "U05",
  ]

  /// What depends on the versions that are admitted, or that there are.
  private static let causedByLedger = Set(Rule.compat.map(\.id)).union(["D08"])
}
