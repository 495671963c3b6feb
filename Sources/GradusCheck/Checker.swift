import Gradus
import GradusCatalog
package import GradusSQL

/// Runs the rules on scratch databases.
package struct Checker: Sendable {
  let builder: SchemaBuilder
  private let manifest: QueryManifest
  private let engines: [Engine]

  /// - Parameters:
  ///   - builder: makes scratch databases.
  ///   - manifest: the queries of the application's versions.
  ///   - engines: the engines to check.
  package init(
    _ builder: SchemaBuilder, _ manifest: QueryManifest = QueryManifest(versions: [:]), engines: [Engine]
  ) {
    self.builder = builder
    self.manifest = manifest
    self.engines = engines
  }

  /// Runs all rules: findings are in the order of versions and files.
  ///
  /// - Throws: `GradusError` where a file cannot be read, a full schema or an update fails, or a suppression is malformed.
  package func run() async throws -> CheckResult {
    let schema = builder.schema
    var findings = try withoutSuppressed(LedgerRules(ledger: schema.ledger, tree: schema.tree).findings())
    let updates = try updateFindings()
    findings += updates
    do {
      let trial = try await trial()
      return CheckResult(findings: findings + trial.findings, notes: trial.notes)
    } catch let error as GradusError
      where error.code == .updatesPending && updates.contains(where: { ["U01", "U05"].contains($0.rule) })
    {
      // What cannot be run cannot be completed on a scratch database either; that has been found.
      return CheckResult(findings: findings)
    }
  }

  /// What running the deltas shows.
  private func trial() async throws -> CheckResult {
    let schema = builder.schema
    let traces = try await VersionTraces(builder, engines: engines)
    var findings = try traces.findings()
    var notes: [String] = []
    // On what a migration would refuse nothing can be built.
    let sound = engines.filter { !traces.stopped.contains($0) }
    let rows = try await checkRows(on: sound, besides: findings)
    findings += rows.findings
    notes += rows.notes
    findings += try await checkFullSchemas(on: sound)
    findings += try await checkParity(on: sound)
    findings += QueryRules(manifest.versions.sorted { $0.key < $1.key }.flatMap(\.value)).findings()
    if !manifest.versions.isEmpty, !sound.isEmpty {
      let floor = try await FloorFinder(builder, manifest, engines: sound).floor(of: schema.ledger.version)
      findings += floor.findings
      notes += floor.notes
    }
    return CheckResult(findings: findings, notes: notes)
  }

  /// What only rows or a second run show. What another rule says of the same statement says more.
  private func checkRows(on engines: [Engine], besides known: [Finding]) async throws -> CheckResult {
    let places = Set(known.compactMap(\.place))
    var result = CheckResult()
    for (base, version) in builder.schema.upgrades {
      for engine in engines {
        let found = try await RowRules(builder: builder).check(version, from: base, on: engine)
        result.findings += found.findings
        result.notes += found.notes.filter { !result.notes.contains($0) }
      }
    }
    result.findings = try withoutSuppressed(
      Finding.merged(result.findings.filter { $0.place.map { !places.contains($0) } ?? true }))
    return result
  }

  /// A full schema has to be what the one before it and the deltas make.
  private func checkFullSchemas(on engines: [Engine]) async throws -> [Finding] {
    guard let rule = Rule.find("D05") else { return [] }
    var findings: [Finding] = []
    for version in builder.schema.tree.fullSchemas.keys.sorted().dropFirst() {
      for engine in engines {
        var older = builder.schema
        older.tree.fullSchemas = older.tree.fullSchemas.filter { $0.key < version }
        let upgraded = try await SchemaBuilder(
          schema: older, registry: builder.registry, server: builder.server
        ).contents(of: version, on: engine)
        let fresh = try await builder.contents(of: version, on: engine)
        var differences = upgraded.changes(to: fresh).map { "\($0)" }
        // Tables that are not the same have other rows, too.
        if differences.isEmpty, let row = upgraded.otherRow(in: fresh) {
          let place = fresh.rows.contains(row) ? "it alone has" : "it has not"
          differences.append("\(place) \(SQLError.shortened(row))")
        }
        findings += differences.map {
          Finding(
            rule, "the full schema of version \(version) differs: \($0)",
            file: builder.schema.tree.fullSchemas[version]?.first?.path, engines: [engine])
        }
      }
    }
    return try withoutSuppressed(Finding.merged(findings))
  }

  private func checkParity(on engines: [Engine]) async throws -> [Finding] {
    guard engines.contains(.sqlite), engines.contains(.postgres) else { return [] }
    let version = builder.schema.ledger.version
    return ParityRules(
      sqlite: try await builder.catalog(of: version, on: .sqlite),
      postgres: try await builder.catalog(of: version, on: .postgres)
    ).findings()
  }
}

extension Finding {
  /// The statement that it is about; nil where it is about none.
  fileprivate var place: [String]? {
    file.flatMap { file in position.map { [file, "\($0.line)", "\($0.column)"] } }
  }

  /// The same finding on both engines is one.
  static func merged(_ findings: [Finding]) -> [Finding] {
    var merged: [Finding] = []
    for finding in findings {
      let same = merged.firstIndex {
        // Not by the statement: its semicolon is part of it on SQLite only.
        $0.rule == finding.rule && $0.file == finding.file && $0.position == finding.position
          && $0.message == finding.message
      }
      if let same { merged[same].engines.formUnion(finding.engines) } else { merged.append(finding) }
    }
    return merged
  }
}
