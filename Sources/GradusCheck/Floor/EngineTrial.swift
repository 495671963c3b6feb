import Gradus
import GradusCatalog
import GradusSQL

/// Tries the queries of all versions on one engine.
struct EngineTrial {
  let builder: SchemaBuilder
  let manifest: QueryManifest
  let engine: Engine
  /// What the deltas of all versions do; nil where that is not known yet.
  let traces: VersionTraces?

  struct Result {
    var breakages: [CompatFloor.Breakage] = []
    var warnings: [CompatFloor.Breakage] = []
    var notes: Set<String> = []
  }

  /// How long a probe may take on its own version's schema, which has two rows a table; what takes longer does not end.
  private static let limit = Duration.milliseconds(100)
  /// How long on a newer one: none is to count as broken because the machine is busy.
  private static let patience = Duration.seconds(2)

  /// A query of a version, and what came of it on the version's own schema.
  private struct Known: Sendable {
    var version: Int
    var query: ApplicationQuery
    var kind: QueryKind
    var probes: [QueryProbe]
    var trial: QueryTrial
    /// The tables that it names to be written, as the engine compares them.
    var targets: Set<String>
    /// What may go along with their rows.
    var following: [FollowingRows]
    var uses: Set<StatementDescription.ColumnUse>
  }

  func run(_ versions: [Int], on target: Int) async throws -> Result {
    var result = Result()
    guard let base = versions.min() else { return result }
    var known: [Known] = []
    for version in versions {
      let (working, broken) = try await own(version, isTarget: version == target)
      known += working
      result.breakages += broken
    }
    for state in UpgradeState.allCases {
      let (trials, notes, isIdle) = try await upgraded(known, from: base, to: target, state)
      result.notes.formUnion(notes)
      for (query, trial) in zip(known, trials) {
        func breakage(_ message: String) -> CompatFloor.Breakage {
          CompatFloor.Breakage(
            version: query.version, query: query.query, engine: engine, state: state, message: message)
        }
        let isNew = { (found: [CompatFloor.Breakage]) in
          !found.contains { $0.version == query.version && $0.query == query.query }
        }
        if let message = QueryComparison.breakage(of: query.kind, from: query.trial, to: trial),
          isNew(result.breakages)
        {
          result.breakages.append(breakage(message))
        } else if let message = QueryComparison.warning(from: query.trial, to: trial), isNew(result.warnings)
        {
          result.warnings.append(breakage(message))
        }
      }
      // Where nothing is queued, the other states are this one.
      if isIdle { break }
    }
    try await findCauses(&result.breakages, known, target)
    return result
  }

  /// What the queries of a version do on its own schema. That the newest version's own fail is what is looked for; those
  /// of a released one have worked, so that the file is wrong.
  private func own(_ version: Int, isTarget: Bool) async throws -> ([Known], [CompatFloor.Breakage]) {
    let queries = (manifest.versions[version] ?? []).filter { $0.engines.contains(engine) }
    return try await UpgradedDatabase(builder: builder).with(
      from: version, to: version, .complete, on: engine
    ) {
      session, catalog, _ in
      try await session.transaction { connection in
        var known: [Known] = []
        var broken: [CompatFloor.Breakage] = []
        for query in queries {
          do {
            known.append(try self.known(query, of: version, on: connection, catalog))
          } catch let error as GradusError where isTarget {
            broken.append(
              CompatFloor.Breakage(
                version: version, query: query, engine: engine, state: .complete,
                message: error.cause?.message ?? error.message))
          }
        }
        return (known, broken)
      }
    }
  }

  private func known(
    _ query: ApplicationQuery, of version: Int, on connection: Connection, _ catalog: Catalog
  ) throws -> Known {
    let kind = QueryKind(query)
    let probes = QueryProbe.all(of: query, writes: kind.writes, types: OwnTypes(catalog))
    let uses = try query.uses(on: connection, catalog, version: version)
    let targets = try query.targets(on: engine)
    let following = catalog.followingRows(
      of: Set(catalog.tables.keys.filter { targets.contains(engine.folded($0)) }))
    let trial = try QueryTrial.run(
      query.sql, kind, probes, following: following, limit: Self.limit, on: connection)
    // What did not come to its end says nothing: generated rows may refer to themselves, by which a recursive query never
    // does.
    let ended = probes.filter { trial.outcomes[$0.label] != .doesNotEnd }
    return Known(
      version: version, query: query, kind: kind, probes: ended, trial: trial, targets: targets,
      following: following, uses: uses)
  }

  private func upgraded(
    _ known: [Known], from base: Int, to target: Int, _ state: UpgradeState
  ) async throws -> ([QueryTrial], Set<String>, isIdle: Bool) {
    try await UpgradedDatabase(builder: builder).with(from: base, to: target, state, on: engine) {
      session, catalog, notes in
      try await session.run { connection in
        let empty = try Self.emptyTables(among: known, catalog, connection)
        let isIdle = try connection.queryRow("SELECT 1 FROM background_updates LIMIT 1") == nil
        let trials = try connection.transaction { connection in
          try known.map { item -> QueryTrial in
            let following = try item.following.filter { try $0.areThere(connection, catalog) }
            var trial = try QueryTrial.run(
              item.query.sql, item.kind, item.probes, following: following, limit: Self.patience,
              on: connection)
            trial.findsNoRows = !item.targets.isDisjoint(with: empty)
            return trial
          }
        }
        return (trials, notes, isIdle)
      }
    }
  }

  /// The tables that queries write and that have no rows, as the engine compares their names.
  private static func emptyTables(
    among known: [Known], _ catalog: Catalog, _ connection: Connection
  ) throws -> Set<String> {
    let engine = connection.engine
    let written = known.reduce(into: Set<String>()) { $0.formUnion($1.targets) }
    let tables = catalog.tables.keys.filter { written.contains(engine.folded($0)) }
    let empty = try tables.filter { table in
      try connection.queryRow("SELECT 1 FROM \(SQLText.identifier(table)) LIMIT 1") == nil
    }
    return Set(empty.map(engine.folded))
  }

  /// Looks for the statement that did it, in the deltas since the query's version.
  private func findCauses(_ breakages: inout [CompatFloor.Breakage], _ known: [Known], _ target: Int)
    async throws
  {
    guard let oldest = breakages.map(\.version).min() else { return }
    var traces: [Int: [DeltaTrace]] = [:]
    for (base, version) in builder.schema.upgrades
    where version <= target && (version > oldest || version == target) {
      if let known = self.traces?.traces(of: version, on: engine) {
        traces[version] = known
      } else {
        traces[version] = try await DeltaTracer(builder).traces(of: version, from: base, on: engine)
      }
    }
    for index in breakages.indices {
      let breakage = breakages[index]
      // Of the newest version's own query, what it uses is known from an older version that runs the same.
      let same =
        known.first { $0.version == breakage.version && $0.query == breakage.query }
        ?? known.last { $0.query.sql == breakage.query.sql }
      let later = traces.filter { $0.key > breakage.version || $0.key == target }.sorted { $0.key < $1.key }
      breakages[index].cause = BreakageCause.find(same?.uses ?? [], in: later.flatMap(\.value))
    }
  }
}
