import Gradus

/// What the ledger and the folders get for a new gradual migration. Pure.
struct GradualMigrationEdit {
  let template: GradualMigrationTemplate
  /// The ledger as it is.
  let ledger: Ledger
  let ledgerPath: String

  /// The ledger as it is to be.
  func expected() throws -> Ledger {
    var expected = ledger
    for (version, compat) in try newVersions() {
      let change = template.versionLine(version, compat: compat)
      expected.versions[version] = try LedgerTextCheck.version(of: change)
    }
    if template.starts > ledger.version {
      expected.version = template.starts
      expected.compatVersion = expected.versions[template.starts]?.compatVersion ?? ledger.compatVersion
    }
    expected.gradualMigrations.append(template.migration)
    return expected
  }

  /// The ledger's new text.
  func ledgerText(_ text: String) throws -> String {
    var edited = try LedgerText(text, file: ledgerPath)
    let expected = try expected()
    if expected.version != ledger.version { try edited.set("version", to: expected.version) }
    if expected.compatVersion != ledger.compatVersion {
      try edited.set("compat_version", to: expected.compatVersion)
    }
    let lines = try newVersions().map { template.versionLine($0.version, compat: $0.compat) }
    if !lines.isEmpty { try edited.add(lines, to: "versions") }
    try edited.addItem(template.ledgerLines, to: "gradual_migrations")
    return edited.text
  }

  /// The versions that the ledger has not yet, with their compat versions.
  private func newVersions() throws -> [(version: Int, compat: Int)] {
    let (starts, completes) = (template.starts, template.completes)
    guard starts >= ledger.version, completes > starts else {
      throw GradusError(
        .invalidFile,
        starts < ledger.version
          ? "version \(starts) is older than the ledger's \(ledger.version), and has been released"
          : "it cannot complete at \(completes), as it starts at \(starts)",
        hint: "leave --starts and --completes out for \(ledger.version + 1) and \(ledger.version + 2)")
    }
    var versions: [(version: Int, compat: Int)] = []
    // Nothing has to be shut out by the version that adds the tables.
    let before = ledger.versions.filter { $0.key < starts }.max { $0.key < $1.key }?.value.compatVersion
    let first = ledger.versions[starts]?.compatVersion ?? max(before ?? 0, ledger.compatVersion)
    if ledger.versions[starts] == nil { versions.append((starts, first)) }
    let compat = ledger.versions[completes]?.compatVersion ?? max(first, starts)
    if ledger.versions[completes] == nil { versions.append((completes, compat)) }
    guard compat >= starts else {
      throw GradusError(
        .invalidFile,
        "version \(completes) has the compat version \(compat) and so admits versions that do not write \(template.table)",
        file: ledgerPath, hint: "raise the compat version of \(completes) to \(starts) first")
    }
    return versions
  }
}
