import Gradus
import GradusSQL

/// Finds what is wrong with the ledger and the names of files. Pure.
struct LedgerRules {
  let ledger: Ledger
  let tree: SchemaTree

  init(ledger: Ledger, tree: SchemaTree) {
    self.ledger = ledger
    self.tree = tree
  }

  /// All findings.
  func findings() -> [Finding] { compatVersions() + unknownVersions() + unreachable() + numbers() }

  private func compatVersions() -> [Finding] {
    guard let rule = Rule.find("C14") else { return [] }
    var findings: [Finding] = []
    var highest: (version: Int, compat: Int)?
    let newest = ledger.versions.keys.max()
    for (version, entry) in ledger.versions.sorted(by: { $0.key < $1.key }) {
      let compat = entry.compatVersion
      if compat > version {
        findings.append(Finding(rule, "version \(version) has the compat version \(compat), which is newer"))
      } else if let highest, compat < highest.compat {
        findings.append(
          Finding(
            rule, "version \(version) admits version \(compat), which version \(highest.version) shuts out"))
      } else if compat == version, highest != nil, version == newest {
        // What an older one did is done: who is past it does not go back there any more.
        findings.append(Finding(rule, "nobody can roll back from version \(version): it admits no older one"))
      }
      if highest.map({ compat > $0.compat }) ?? true { highest = (version, compat) }
    }
    return findings
  }

  private func unknownVersions() -> [Finding] {
    guard let rule = Rule.find("D08") else { return [] }
    return tree.deltas.keys.sorted().filter { ledger.versions[$0] == nil }.map { version in
      Finding(rule, "version \(version) is not in the ledger", file: tree.deltas[version]?.first?.path)
    }
  }

  /// Deltas that no database which these files can make ever gets. Updates files stay where deltas are squashed.
  private func unreachable() -> [Finding] {
    guard let rule = Rule.find("D15"), let oldest = tree.fullSchemas.keys.min() else { return [] }
    let older = tree.deltas.filter { $0.key < oldest && ledger.versions[$0.key] != nil }.sorted {
      $0.key < $1.key
    }
    return older.flatMap(\.value).filter { if case .sql = $0.kind { true } else { false } }.map { file in
      let message = "version \(file.version) is below the oldest full schema, which is of version \(oldest)"
      return Finding(rule, message, file: file.path)
    }
  }

  private func numbers() -> [Finding] {
    guard let rule = Rule.find("D07") else { return [] }
    return tree.deltas.sorted { $0.key < $1.key }.flatMap { _, files in
      // Files of different engines never run one after the other.
      var taken: [Engine: [String: SchemaFile]] = [:]
      var findings: [Finding] = []
      for file in files {
        let number = String(file.name.prefix { $0.isASCII && $0.isNumber })
        guard number.count >= 2 else {
          findings.append(
            Finding(rule, "the name '\(file.name)' does not begin with two digits", file: file.path))
          continue
        }
        // One delta may have a file an engine.
        let engines = Engine.allCases.filter { file.applies(to: $0) }
        let others = engines.compactMap { taken[$0]?[number] }
        let stem = file.name.prefix { $0 != "." }
        if let other = others.first(where: { $0.name.prefix { $0 != "." } != stem }) {
          findings.append(
            Finding(
              rule, "the number \(number) is that of '\(other.name)', too",
              fix: "give the one that has not landed yet a number that no other delta of the version has",
              file: file.path, cause: other.path))
        }
        for engine in engines where taken[engine]?[number] == nil {
          taken[engine, default: [:]][number] = file
        }
      }
      return findings
    }
  }
}
