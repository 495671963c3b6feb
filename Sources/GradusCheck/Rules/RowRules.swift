import Gradus
import GradusSQL

/// Finds deltas that work on empty tables only, that lose rows, and those that a second run after a crash does not mend.
struct RowRules {
  let builder: SchemaBuilder

  /// What a version's deltas do, which have worked on an empty database.
  ///
  /// - Parameters:
  ///   - version: the version.
  ///   - base: the version before.
  ///   - traces: what the deltas did there.
  ///   - session: of a new database of the version before.
  ///   - database: that database.
  /// - Throws: `SQLError` where the database itself fails.
  func check(
    _ version: Int, from base: Int, _ traces: [DeltaTrace], _ session: Session, _ database: PhysicalDatabase
  ) async throws -> CheckResult {
    var result = try await onRows(version, base, traces, session, database)
    result.findings += try await onSecondRun(version, base, session.engine)
    return result
  }

  /// As start-ups would apply them, to a database with rows in every table.
  private func onRows(
    _ version: Int, _ base: Int, _ traces: [DeltaTrace], _ session: Session, _ database: PhysicalDatabase
  ) async throws -> CheckResult {
    guard let rule = Rule.find("L01") else { return CheckResult() }
    let empty = try await UpgradedDatabase.fill(session).sorted { $0.key < $1.key }
    var result = CheckResult(
      notes: empty.map { "version \(version)'s deltas were tried without rows in '\($0.key)': \($0.value)" })
    do {
      let before = try await session.run { try RowSnapshot($0) }
      try await UpgradedDatabase(builder: builder).upgrade(database, base, version, .pending, session)
      let after = try await session.run { try RowSnapshot($0) }
      result.findings = RowLossRules(traces: traces, before: before, after: after).findings()
      // Updates take rows away on purpose only.
      try await builder.completeAll(of: database, on: session)
    } catch let error as GradusError {
      result.findings.append(
        Finding(
          rule, "works on empty tables and fails on rows: \(error.cause.map { "\($0)" } ?? error.message)",
          file: error.file, position: error.position, statement: error.statement, engines: [session.engine]))
    }
    return result
  }

  /// What runs outside a transaction may have been broken off half way, and is run again by `--retry-delta`.
  private func onSecondRun(_ version: Int, _ base: Int, _ engine: Engine) async throws -> [Finding] {
    let tree = builder.schema.tree
    let files = try tree.deltas(of: version, in: tree.databases).filter { file in
      guard case .sql = file.kind, file.applies(to: engine) else { return false }
      return try DeltaScript(file, engine: engine).runsOutsideTransaction
    }
    guard let rule = Rule.find("D12"), !files.isEmpty else { return [] }
    return try await builder.withDatabase(of: version, on: engine) { session in
      try await session.run { connection in
        try files.compactMap { file in
          do {
            try connection.executeScript(try DeltaScript(file, engine: engine).sql)
            return nil
          } catch let failure as ScriptError {
            return Finding(
              rule, "fails when it is run again: \(failure.error.message)", file: file.path,
              position: failure.error.position, statement: failure.error.statement, engines: [engine])
          }
        }
      }
    }
  }
}
