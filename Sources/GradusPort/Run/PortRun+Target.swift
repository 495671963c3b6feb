import Gradus
import GradusSQL

extension PortRun {
  /// Makes the schema and sets aside what is made again at the end, as far as an earlier run has not.
  func prepare(_ plan: PortPlan) async throws -> PortRecord.Phase {
    let record = PortRecord(
      phase: .preparing, version: version, compatVersion: nil, source: signature,
      plan: plan.signature(options))
    if let earlier = self.record {
      // Where an earlier run was making the schema, it has been finished for the plan.
      guard earlier.phase == .preparing || options.startsOver else {
        // It may have come to texts that do not fit, and go on now that something is to become of them.
        try await target.transaction { try PortRecord.setPlan(record.plan, $0) }
        return earlier.phase
      }
    } else {
      try await target.transaction { connection in
        try record.write(connection)
        // At once: an application that came in between would make the schema, and a rerun empty its tables.
        try CompatSeal.close(connection)
      }
      try await makeSchema()
    }
    try await begin(record, plan)
    // Who opened the target before no version was admitted to it any more.
    let holders = try await LiveVersions.holders(of: port.target, on: target)
    guard holders.isEmpty else {
      throw PortRefused(holders.map { "a process works on the target: \($0)" })
    }
    return .copying
  }

  /// Makes the target's schema, or what is missing of it, while no application may open it.
  func makeSchema() async throws {
    let report = port.report
    try await target.run { try CompatSeal.hide($0) }
    do {
      try await TargetSchema(
        definition: definition, database: port.target, completer: port.completer(version)
      ).make(on: target) { report(.migration($0)) }
    } catch {
      await target.settle { try CompatSeal.show($0) }
      throw error
    }
    try await target.run { try CompatSeal.show($0) }
  }

  private func begin(_ record: PortRecord, _ plan: PortPlan) async throws {
    port.report(.message("setting indexes, foreign keys and triggers aside"))
    let sourceCompat = try await source.run { connection in
      Int(
        try connection.queryRow("SELECT coalesce(max(compat_version), 0) FROM schema_compat_version")?
          .integer(0) ?? 0)
    }
    // A later version may have been there, and have shut older ones out.
    let compatVersion = max(definition.ledger.compatVersion, sourceCompat)
    try await target.transaction { connection in
      var record = record
      record.phase = .copying
      record.compatVersion = compatVersion
      try record.write(connection)
      try CompatSeal.close(connection)
      try SetAside.takeAway(connection)
      // What an earlier run copied goes, also where it is left out now.
      let copied = try connection.query("DELETE FROM gradus_port RETURNING table_name").map { try $0.text(0) }
      // Deltas put rows into some tables, and the source has its own of these.
      let tables = Set(copied).union(plan.tables.map(\.name)).sorted()
      if !tables.isEmpty { try connection.execute("TRUNCATE \(SQLText.identifiers(tables))") }
    }
  }

  func restore(_ plan: PortPlan) async throws {
    let missing = try await target.run { try SetAside.missing($0) }
    for (index, item) in missing.enumerated() {
      port.report(.message("[\(index + 1)/\(missing.count)] making \(item.name)"))
      try await target.run { try SetAside.restore(item.number, item.name, item.sql, $0) }
    }
    for name in try await target.run({ try MaterializedViews.names($0) }) {
      port.report(.message("filling the materialized view \(name)"))
      try await target.run { try MaterializedViews.refresh(name, $0) }
    }
    for table in plan.tables {
      try await target.run { _ = try $0.execute("ANALYZE \(SQLText.identifier(table.name))") }
    }
  }

  func finishTables() async throws {
    let bookkeeping = try await source.run { try PortedBookkeeping.read($0) }
    let given = try await source.run { try SourceReader.givenNumbers($0) }
    try await target.transaction { connection in
      let warnings = try Sequences(declaration: declaration, given: given).set(connection)
      try PortWarnings.write(warnings, connection)
      try bookkeeping.write(connection)
      try queueRebuilds(connection)
      try PortRecord.setPhase(.verifying, connection)
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

  func advance(to phase: PortRecord.Phase) async throws -> PortRecord.Phase {
    try await target.transaction { try PortRecord.setPhase(phase, $0) }
    return phase
  }

  /// Lets applications in.
  func open() async throws {
    try await target.transaction { connection in
      // With this commit all before it is on disk.
      try connection.execute("SET LOCAL synchronous_commit = on")
      let compat = try PortRecord.read(connection)?.compatVersion ?? definition.ledger.compatVersion
      try BookkeepingTables.setCompat(compat, on: connection)
      try PortRecord.setPhase(.complete, connection)
    }
  }
}
