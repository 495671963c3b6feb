import Gradus
import GradusCatalog
package import GradusSQL

/// Tries the queries of older versions on a newer schema, over the states that an upgrade goes through.
package struct FloorFinder: Sendable {
  private let builder: SchemaBuilder
  private let manifest: QueryManifest
  private let engines: [Engine]

  package init(_ builder: SchemaBuilder, _ manifest: QueryManifest, engines: [Engine]) {
    self.builder = builder
    self.manifest = manifest
    self.engines = engines
  }

  /// The floor of a version.
  ///
  /// - Throws: `GradusError` where the version cannot be made, or a query does not work on its own version's schema.
  package func floor(of version: Int) async throws -> CompatFloor {
    let ledger = builder.schema.ledger
    let first = builder.schema.tree.fullSchemas.keys.min() ?? 0
    let versions = manifest.versions.keys.filter {
      $0 <= version && $0 >= first && ledger.versions[$0] != nil
    }.sorted()
    var breakages: [CompatFloor.Breakage] = []
    var warnings: [CompatFloor.Breakage] = []
    var emptyTables: [String: String] = [:]
    for engine in engines {
      let trial = EngineTrial(builder: builder, manifest: manifest, engine: engine)
      let result = try await trial.run(versions, on: version)
      breakages += result.breakages
      warnings += result.warnings
      emptyTables.merge(result.emptyTables) { first, _ in first }
    }
    return CompatFloor(
      version: version, ledger: ledger, checked: Set(versions), breakages: breakages, warnings: warnings,
      emptyTables: emptyTables)
  }
}

/// The trial on one engine.
private struct EngineTrial {
  let builder: SchemaBuilder
  let manifest: QueryManifest
  let engine: Engine

  struct Result {
    var breakages: [CompatFloor.Breakage] = []
    var warnings: [CompatFloor.Breakage] = []
    var emptyTables: [String: String] = [:]
  }

  /// A query of a version, and what came of it on the version's own schema.
  private struct Known: Sendable {
    var version: Int
    var query: ApplicationQuery
    var probes: [QueryProbe]
    var trial: QueryTrial
    var uses: Set<StatementDescription.ColumnUse>
  }

  func run(_ versions: [Int], on target: Int) async throws -> Result {
    var result = Result()
    guard let base = versions.min() else { return result }
    var known: [Known] = []
    for version in versions { known += try await own(version) }
    for state in UpgradeState.allCases {
      let (trials, empty, isIdle) = try await upgraded(known, from: base, to: target, state)
      result.emptyTables.merge(empty) { first, _ in first }
      for (query, trial) in zip(known, trials) {
        func breakage(_ message: String) -> CompatFloor.Breakage {
          CompatFloor.Breakage(
            version: query.version, query: query.query, engine: engine, state: state, message: message)
        }
        let isNew = { (found: [CompatFloor.Breakage]) in
          !found.contains { $0.version == query.version && $0.query == query.query }
        }
        if let message = QueryComparison.breakage(from: query.trial, to: trial), isNew(result.breakages) {
          result.breakages.append(breakage(message))
        } else if let message = QueryComparison.warning(from: query.trial, to: trial), isNew(result.warnings) {
          result.warnings.append(breakage(message))
        }
      }
      // Where nothing is queued, the other states are this one.
      if isIdle { break }
    }
    try await findCauses(&result.breakages, known, target)
    return result
  }

  /// What the queries of a version do on its own schema.
  private func own(_ version: Int) async throws -> [Known] {
    let queries = (manifest.versions[version] ?? []).filter { $0.engines.contains(engine) }
    return try await UpgradedDatabase(builder: builder).with(from: version, to: version, .complete, on: engine) {
      session, catalog, _ in
      try await session.run { connection in
        try connection.transaction { connection in
          try queries.map { query in
            let probes = QueryProbe.all(of: query, enumerations: catalog.enumerations)
            let uses = try query.uses(on: connection, catalog, version: version)
            let trial = try QueryTrial.run(query, probes, on: connection)
            return Known(version: version, query: query, probes: probes, trial: trial, uses: uses)
          }
        }
      }
    }
  }

  private func upgraded(
    _ known: [Known], from base: Int, to target: Int, _ state: UpgradeState
  ) async throws -> ([QueryTrial], [String: String], isIdle: Bool) {
    try await UpgradedDatabase(builder: builder).with(from: base, to: target, state, on: engine) {
      session, _, empty in
      try await session.run { connection in
        let isIdle = try connection.queryRow("SELECT 1 FROM background_updates LIMIT 1") == nil
        let trials = try connection.transaction { connection in
          try known.map { try QueryTrial.run($0.query, $0.probes, on: connection) }
        }
        return (trials, empty, isIdle)
      }
    }
  }

  /// Looks for the statement that did it, in the deltas since the query's version.
  private func findCauses(_ breakages: inout [CompatFloor.Breakage], _ known: [Known], _ target: Int)
    async throws
  {
    guard let oldest = breakages.map(\.version).min() else { return }
    let versions = builder.schema.ledger.versions.keys.sorted().filter { $0 >= oldest && $0 <= target }
    var traces: [Int: [DeltaTrace]] = [:]
    for (base, version) in zip(versions, versions.dropFirst()) {
      traces[version] = try await DeltaTracer(builder).traces(of: version, from: base, on: engine)
    }
    for index in breakages.indices {
      let breakage = breakages[index]
      let uses = known.first { $0.version == breakage.version && $0.query == breakage.query }?.uses ?? []
      let later = traces.filter { $0.key > breakage.version }.sorted { $0.key < $1.key }.flatMap(\.value)
      breakages[index].cause = BreakageCause.find(uses, in: later)
    }
  }
}
