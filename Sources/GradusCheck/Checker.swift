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

  /// What was found, in the order of versions and files.
  ///
  /// - Throws: `GradusError` where a delta fails or a suppression is malformed.
  package func run() async throws -> [Finding] {
    let schema = builder.schema
    var findings = LedgerRules(ledger: schema.ledger, tree: schema.tree).findings()
    let updates = try updateFindings()
    findings += updates
    do {
      return findings + (try await trial())
    } catch let error as GradusError
      where error.code == .updatesPending && updates.contains(where: { ["U01", "U05"].contains($0.rule) })
    {
      // What cannot be run cannot be completed on a scratch database either; that has been found.
      return findings
    }
  }

  /// What running the deltas shows.
  private func trial() async throws -> [Finding] {
    let schema = builder.schema
    var findings: [Finding] = []
    let versions = schema.ledger.versions.keys.sorted()
    let first = schema.tree.fullSchemas.keys.min() ?? 0
    for (base, version) in zip(versions, versions.dropFirst()) where base >= first {
      findings += try await check(version, from: base)
    }
    findings += try await checkFullSchemas()
    findings += try await checkParity()
    findings += QueryRules(manifest.versions.sorted { $0.key < $1.key }.flatMap(\.value)).findings()
    if !manifest.versions.isEmpty {
      findings += try await FloorFinder(builder, manifest, engines: engines).floor(of: schema.ledger.version).findings
    }
    return findings
  }

  private func check(_ version: Int, from base: Int) async throws -> [Finding] {
    guard builder.schema.tree.deltas[version]?.isEmpty == false else { return [] }
    // Where no older version is admitted, none can break.
    let admitsOlder = builder.schema.ledger.versions[version].map { $0.compatVersion < version } ?? true
    var findings: [Finding] = []
    for engine in engines {
      let traces = try await DeltaTracer(builder).traces(of: version, from: base, on: engine)
      let known = Set(traces.first?.before.tables.keys.map { $0 } ?? [])
      for trace in traces {
        var found = IndexRules(trace, known: known).findings()
        if admitsOlder { found += CompatRules(trace, known: known).findings() }
        let suppressions = try Suppression.all(in: trace.file)
        let lines = trace.file.kind == .updates ? [] : trace.steps.map(\.position.line)
        findings += found.filter { finding in !suppressions.contains { $0.covers(finding, statements: lines) }
        }
      }
    }
    return Finding.merged(findings)
  }

  /// A full schema has to be what the one before it and the deltas make.
  private func checkFullSchemas() async throws -> [Finding] {
    guard let rule = Rule.find("D05") else { return [] }
    var findings: [Finding] = []
    for version in builder.schema.tree.fullSchemas.keys.sorted().dropFirst() {
      for engine in engines {
        var older = builder.schema
        older.tree.fullSchemas = older.tree.fullSchemas.filter { $0.key < version }
        let upgraded = try await SchemaBuilder(
          schema: older, registry: builder.registry, server: builder.server
        )
        .catalog(of: version, on: engine)
        let fresh = try await builder.catalog(of: version, on: engine)
        findings += CatalogComparison.changes(from: upgraded, to: fresh).filter(Self.isOfNote).map {
          Finding(
            rule, "the full schema of version \(version) differs: \($0)",
            file: builder.schema.tree.fullSchemas[version]?.first?.path, engines: [engine])
        }
      }
    }
    return Finding.merged(findings)
  }

  /// The order of columns differs by nature, where deltas have added some; and what is empty satisfies all constraints.
  static func isOfNote(_ change: CatalogChange) -> Bool {
    switch change {
    case .reorderColumns, .validateConstraint: false
    default: true
    }
  }

  private func checkParity() async throws -> [Finding] {
    guard engines.contains(.sqlite), engines.contains(.postgres) else { return [] }
    let version = builder.schema.ledger.version
    return ParityRules(
      sqlite: try await builder.catalog(of: version, on: .sqlite),
      postgres: try await builder.catalog(of: version, on: .postgres)
    ).findings()
  }
}

extension Finding {
  /// The same finding on both engines is one.
  static func merged(_ findings: [Finding]) -> [Finding] {
    var merged: [Finding] = []
    for finding in findings {
      let same = merged.firstIndex {
        $0.rule == finding.rule && $0.file == finding.file && $0.position == finding.position
          && $0.statement == finding.statement && $0.message == finding.message
      }
      if let same { merged[same].engines.formUnion(finding.engines) } else { merged.append(finding) }
    }
    return merged
  }
}
