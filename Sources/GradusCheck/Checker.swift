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
    var result = CheckResult(
      findings: try withoutSuppressed(LedgerRules(ledger: schema.ledger, tree: schema.tree).findings()),
      // As a plan says it: what is not applied is not checked.
      notes: schema.tree.unknownFiles.map { "\($0.path): neither SQL nor an updates file; ignored" })
    let all = try updateFindings()
    let updates = try withoutSuppressed(all)
    result.findings += updates
    // A suppression does not make an update run whose table is gone. What this program cannot run, it cannot complete on a
    // scratch database either.
    let mayBePending =
      all.contains { ["U03", "U09"].contains($0.rule) }
      || updates.contains { ["U01", "U05"].contains($0.rule) }
    result.add(try await trial(mayBePending: mayBePending))
    return result
  }

  /// What running the deltas shows.
  ///
  /// - Parameter mayBePending: whether it has been found that a later version may take from an update what it works on, or that
  ///   one cannot be run: then not every database can be completed.
  private func trial(mayBePending: Bool) async throws -> CheckResult {
    let traces = try await VersionTraces(builder, engines: engines, mayBePending: mayBePending)
    var result = CheckResult(findings: try traces.findings(), notes: traces.notes)
    // On what a migration would refuse nothing can be built.
    let whole = engines.filter { !traces.stopped.contains($0) }
    let unreadable = try await part("staleness rules were not tried", mayBePending) {
      CheckResult(findings: try await checkStaleness(on: whole))
    }
    result.add(unreadable)
    let sound = whole.filter { engine in !unreadable.findings.contains { $0.engines.contains(engine) } }
    let known = result.findings
    result.add(
      try await part("what deltas do to rows was not tried", mayBePending) {
        // Those of the versions before one that was not looked at have been tried, too.
        try checkRows(
          on: engines.filter { sound.contains($0) || traces.stopped.contains($0) }, traces, besides: known)
      })
    result.add(
      try await part("full schemas were not compared with deltas", mayBePending) {
        CheckResult(findings: try await checkFullSchemas(on: sound))
      })
    result.add(
      try await part("the engines were not compared", mayBePending) {
        CheckResult(findings: try await checkParity(on: sound, traces))
      })
    result.findings += QueryRules(manifest.versions.sorted { $0.key < $1.key }.flatMap(\.value)).findings()
    guard !manifest.versions.isEmpty, !sound.isEmpty else { return result }
    result.add(
      try await part("the compat floor was not computed", mayBePending) {
        let floor = try await FloorFinder(builder, manifest, engines: sound, traces: traces).floor(
          of: builder.schema.ledger.version)
        return CheckResult(findings: floor.findings, notes: floor.notes)
      })
    return result
  }

  /// A part of the trial; only a note where a database cannot be completed for a reason that has been found already.
  private func part(
    _ what: String, _ mayBePending: Bool, _ check: () async throws -> CheckResult
  ) async throws -> CheckResult {
    do {
      return try await check()
    } catch let error as GradusError where mayBePending && error.code == .updatesPending {
      return CheckResult(notes: ["\(what): \(error.message)"])
    }
  }

  /// What only rows or a second run show. What another rule says of the same statement says more, but for rows that are lost.
  private func checkRows(
    on engines: [Engine], _ traces: VersionTraces, besides known: [Finding]
  ) throws -> CheckResult {
    let places = Set(known.compactMap(\.place))
    var result = CheckResult()
    for (_, version) in builder.schema.upgrades {
      for engine in engines { result.add(try traces.rows(of: version, on: engine)) }
    }
    let news = result.findings.filter { finding in
      finding.rule == "D14" || finding.place.map { !places.contains($0) } ?? true
    }
    result.findings = try withoutSuppressed(Finding.merged(news))
    return result
  }

  /// A start of a version has to be able to read the ledger's staleness rules.
  private func checkStaleness(on engines: [Engine]) async throws -> [Finding] {
    var findings: [Finding] = []
    for engine in engines { findings += try await StalenessRules(builder: builder).findings(on: engine) }
    return Finding.merged(findings)
  }

  /// A full schema has to be what the one before it and the deltas make.
  private func checkFullSchemas(on engines: [Engine]) async throws -> [Finding] {
    guard let rule = Rule.find("D05") else { return [] }
    var findings: [Finding] = []
    for version in builder.schema.tree.fullSchemas.keys.sorted().dropFirst() {
      let fix = "make it anew on each engine: schema dump --to \(version) --engine ENGINE --write"
      for engine in engines {
        let tree = builder.schema.tree
        let missing = tree.missing(inFullSchema: version, upTo: version, on: engine)
        guard missing.isEmpty else {
          // One that has nothing for the engine is the other's.
          if !tree.databases(ofFullSchema: version, on: engine).isEmpty {
            findings += missing.sorted().map {
              Finding(
                rule, "the full schema of version \(version) has no file for the database '\($0)'",
                fix: fix, file: tree.fullSchemas[version]?.first?.path, engines: [engine])
            }
          }
          continue
        }
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
          differences.append("\(place) \(SQLError.shortened(row.text))")
        }
        findings += differences.map {
          Finding(
            rule, "the full schema of version \(version) differs: \($0)", fix: fix,
            file: tree.fullSchemas[version]?.first { $0.applies(to: engine) }?.path, engines: [engine])
        }
      }
    }
    return try withoutSuppressed(Finding.merged(findings))
  }

  private func checkParity(on engines: [Engine], _ traces: VersionTraces) async throws -> [Finding] {
    guard engines.contains(.sqlite), engines.contains(.postgres) else { return [] }
    let version = builder.schema.ledger.version
    let rules = ParityRules(
      sqlite: try await builder.catalog(of: version, on: .sqlite),
      postgres: try await builder.catalog(of: version, on: .postgres),
      origins: ParityOrigins(schema: builder.schema, traces: traces))
    return try withoutSuppressed(rules.findings())
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
