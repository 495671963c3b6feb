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

  var options: PortOptions { port.options }
  var version: Int { definition.ledger.version }
  var declaration: PortDeclaration { definition.ledger.port }

  func run(isDryRun: Bool) async throws -> PortResult {
    let plan = try await makePlan(isDryRun: isDryRun)
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
      try await finishTables()
      phase = .verifying
    }
    result.warnings = try await target.run { try PortWarnings.read($0) }
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
  private func makePlan(isDryRun: Bool) async throws -> PortPlan {
    if let record, record.version != version {
      // No later step changes the schema that was made then.
      throw PortRefused(
        [
          "this port began at schema version \(record.version), which made the target's schema, and goes on at \(version)"
        ], hint: "make the target empty, then port again")
    }
    var reasons = try await PortPreflight(
      definition: definition, source: port.source, target: port.target
    ).reasons(source, target, record)
    let schema = try await source.run { try SourceReader.schema($0) }
    let catalog = try await targetCatalog(isDryRun: isDryRun, reasons)
    let planner = PortPlanner(version: version, declaration: declaration, leaveOut: options.leaveOut)
    let (plan, problems) = planner.plan(schema, catalog)
    reasons += problems
    reasons += try await source.run { try UncopiedParents(plan: plan, target: catalog).reasons($0) }
    reasons += try await target.run { try ForcedPolicies(plan: plan, target: catalog).reasons($0) }
    if let record, record.phase >= .copying, !options.startsOver {
      if record.source != signature {
        reasons.append("the source has been written since this port began; --start-over begins anew")
      }
      if !plan.continues(record.plan, options) {
        reasons.append("this port began with other options; give the same ones, or --start-over")
      }
    }
    guard reasons.isEmpty else { throw PortRefused(reasons) }
    return plan
  }

  /// What the target has or will have.
  ///
  /// - Parameter reasons: what stands against the port already.
  /// - Throws: `PortRefused` with these and more.
  private func targetCatalog(isDryRun: Bool, _ reasons: [String]) async throws -> Catalog {
    // A schema that was being made is finished, not tried: a trial beside it would not see the extensions in it.
    if record?.phase == .preparing, !isDryRun {
      guard reasons.isEmpty else { throw PortRefused(reasons) }
      try await makeSchema()
      return try await target.run { try TargetCatalog.read($0) }
    }
    if let record, record.phase >= .copying { return try await target.run { try TargetCatalog.read($0) } }
    do {
      return try await TrialSchema(
        definition: definition, target: port.target, completer: port.completer(version)
      ).catalog(on: target)
    } catch let error as PortRefused {
      throw PortRefused(reasons + error.reasons, hint: error.hint)
    }
  }

  var signature: String {
    SourceFile(session: source, path: port.source.driver.databaseName).signature
  }
}
