import Gradus
import GradusCatalog
import GradusSQL

/// One run of a port, with both databases kept from others.
struct PortRun: Sendable {
  let port: DatabasePort
  let definition: SchemaDefinition
  let source: Session
  let target: Session
  let record: PortRecord?

  private var options: PortOptions { port.options }
  private var version: Int { definition.ledger.version }
  private var declaration: PortDeclaration { definition.ledger.port }

  func run(isDryRun: Bool) async throws -> PortResult {
    let plan = try await makePlan()
    let names = plan.tables.map(\.sourceName)
    let totals = try await source.run { try SourceReader.counts(names, $0) }
    var result = PortResult(
      status: .dryRun, version: version, leftOut: plan.leftOut, rebuilt: plan.rebuilt,
      queued: declaration.rebuilds.flatMap(\.queue).map(\.name))
    if isDryRun {
      result.tables = plan.tables.map { .init(name: $0.name, rows: totals[$0.sourceName] ?? 0) }
      return result
    }
    var phase = try await prepare(plan)
    try await target.run { connection in
      // A commit that a crash of the server loses takes its progress along.
      for setting in ["synchronous_commit = off", "statement_timeout = 0", "lock_timeout = 0"] {
        try connection.execute("SET \(setting)")
      }
    }
    var progress = try await target.run { try PortRecord.progress($0) }
    if phase == .copying {
      for table in plan.tables {
        let copier = TableCopier(
          table: table, options: options, source: source, target: target,
          total: totals[table.sourceName] ?? 0,
          report: port.report)
        progress[table.name] = try await copier.copy(from: progress[table.name] ?? .init())
      }
      phase = try await advance(to: .restoring)
    }
    if phase == .restoring {
      try await restore(plan)
      result.warnings = try await finishTables()
      phase = .verifying
    }
    port.report(.message("comparing \(plan.tables.count) tables"))
    let verifier = PortVerifier(options: options, source: source, target: target)
    for table in plan.tables {
      let own = progress[table.name] ?? .init()
      result.differences += try await verifier.differences(
        table, total: totals[table.sourceName] ?? 0, own)
      result.tables.append(
        .init(name: table.name, rows: own.rows, leftOut: own.leftOut, mended: own.mended))
    }
    guard result.differences.isEmpty else {
      result.status = .differs
      return result
    }
    try await open()
    result.status = .complete
    return result
  }

  // MARK: Before anything is changed

  /// - Throws: `PortRefused` with all reasons.
  private func makePlan() async throws -> PortPlan {
    var reasons = try await PortPreflight(
      definition: definition, source: port.source, target: port.target
    ).reasons(source, target, record)
    let schema = try await source.run { try SourceReader.schema($0) }
    let catalog: Catalog
    if let record, record.phase >= .copying {
      catalog = try await target.run { try CatalogReader.read($0) }
    } else {
      catalog = try await TrialSchema(
        definition: definition, target: port.target, completer: port.completer(version)
      ).catalog(on: target)
    }
    let planner = PortPlanner(version: version, declaration: declaration, leaveOut: options.leaveOut)
    let (plan, problems) = planner.plan(schema, catalog)
    reasons += problems
    if let record, record.phase >= .copying, !options.startsOver {
      if record.source != signature {
        reasons.append("the source has been written since this port began; --start-over begins anew")
      }
      if record.plan != plan.signature(options) {
        reasons.append("this port began with other options; give the same ones, or --start-over")
      }
    }
    guard reasons.isEmpty else { throw PortRefused(reasons) }
    return plan
  }

  private var signature: String { SourceFile.signature(path: port.source.driver.databaseName) }

  // MARK: The target

  /// Makes the schema and sets aside what is made again at the end, as far as an earlier run has not.
  private func prepare(_ plan: PortPlan) async throws -> PortRecord.Phase {
    var record = PortRecord(
      phase: .preparing, version: version, compatVersion: nil, source: signature,
      plan: plan.signature(options))
    if let earlier = self.record, earlier.phase >= .copying {
      guard options.startsOver else { return earlier.phase }
      record.compatVersion = earlier.compatVersion
    } else {
      let beginning = record
      try await target.transaction { try beginning.write($0) }
      let report = port.report
      try await TargetSchema(
        definition: definition, database: port.target, completer: port.completer(version)
      ).make(on: target) { report(.migration($0)) }
    }
    try await begin(record, plan)
    // Who opened the target before no version was admitted to it any more.
    let holders = try await LiveVersions.holders(of: port.target, on: target)
    guard holders.isEmpty else {
      throw PortRefused(holders.map { "a process works on the target: \($0)" })
    }
    return .copying
  }

  private func begin(_ record: PortRecord, _ plan: PortPlan) async throws {
    port.report(.message("setting indexes, foreign keys and triggers aside"))
    try await target.transaction { connection in
      var record = record
      record.phase = .copying
      if record.compatVersion == nil {
        record.compatVersion = try connection.queryRow("SELECT compat_version FROM schema_compat_version")
          .map { Int(try $0.integer(0)) }
      }
      try record.write(connection)
      try Self.setCompat(Admission.portSeal, connection)
      try SetAside.takeAway(connection)
      try connection.execute("DELETE FROM gradus_port")
      // Deltas put rows into some tables, and the source has its own of these.
      if !plan.tables.isEmpty {
        try connection.execute("TRUNCATE \(SQLText.identifiers(plan.tables.map(\.name)))")
      }
    }
  }

  private func restore(_ plan: PortPlan) async throws {
    let missing = try await target.run { try SetAside.missing($0) }
    for (index, item) in missing.enumerated() {
      port.report(.message("[\(index + 1)/\(missing.count)] making \(item.name)"))
      try await target.run { try SetAside.restore(item.number, item.name, item.sql, $0) }
    }
    for table in plan.tables {
      try await target.run { _ = try $0.execute("ANALYZE \(SQLText.identifier(table.name))") }
    }
  }

  /// - Returns: warnings.
  private func finishTables() async throws -> [String] {
    let bookkeeping = try await source.run { try PortedBookkeeping.read($0) }
    let given = try await source.run { try SourceReader.givenNumbers($0) }
    return try await target.transaction { connection in
      let unknown = try Sequences(declaration: declaration, given: given).set(connection)
      try bookkeeping.write(connection)
      try queueRebuilds(connection)
      try PortRecord.setPhase(.verifying, connection)
      return unknown.map {
        "the sequence \($0) belongs to no column and begins at its beginning: see 'port: sequences' of the ledger"
      }
    }
  }

  private func queueRebuilds(_ connection: Connection) throws {
    let tables = try CatalogTables.names(connection)
    for rebuild in declaration.rebuilds where !tables.isDisjoint(with: rebuild.tables) {
      for sql in rebuild.sql { try connection.execute(sql) }
      for update in rebuild.queue {
        try connection.execute(
          """
          INSERT INTO background_updates (update_name, progress_json, depends_on, ordering)
          VALUES ($1, $2, $3, $4) ON CONFLICT (update_name) DO NOTHING
          """,
          [
            .text(update.name), .text(update.progress), SQLValue(update.dependsOn), SQLValue(update.ordering),
          ])
        // What was certified on empty tables is to be done again.
        try connection.execute(
          "DELETE FROM gradus_update_certificates WHERE update_name = $1", [.text(update.name)])
      }
    }
  }

  private func advance(to phase: PortRecord.Phase) async throws -> PortRecord.Phase {
    try await target.transaction { try PortRecord.setPhase(phase, $0) }
    return phase
  }

  /// Lets applications in.
  private func open() async throws {
    try await target.transaction { connection in
      // With this commit all before it is on disk.
      try connection.execute("SET LOCAL synchronous_commit = on")
      let compat = try PortRecord.read(connection)?.compatVersion ?? definition.ledger.compatVersion
      try Self.setCompat(compat, connection)
      try PortRecord.setPhase(.complete, connection)
    }
  }

  private static func setCompat(_ compat: Int, _ connection: Connection) throws {
    try connection.execute("DELETE FROM schema_compat_version")
    try connection.execute(
      "INSERT INTO schema_compat_version (compat_version) VALUES ($1)", [SQLValue(compat)])
  }
}
