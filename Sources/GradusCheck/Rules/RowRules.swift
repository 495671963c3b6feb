import Gradus
import GradusSQL

/// Finds deltas that work on empty tables only, and those that a second run after a crash does not mend.
struct RowRules {
  let builder: SchemaBuilder

  /// The findings of a version's deltas, which have worked on an empty database.
  ///
  /// - Throws: `SQLError` where the database itself fails.
  func findings(of version: Int, from base: Int, on engine: Engine) async throws -> [Finding] {
    try await onRows(version, base, engine) + onSecondRun(version, base, engine)
  }

  /// As start-ups would apply them, to a database with rows in every table.
  private func onRows(_ version: Int, _ base: Int, _ engine: Engine) async throws -> [Finding] {
    guard let rule = Rule.find("L01") else { return [] }
    return try await builder.withScratch(of: base, on: engine) { session, database in
      try await UpgradedDatabase.fill(session)
      do {
        try await UpgradedDatabase(builder: builder).upgrade(database, base, version, .complete, session)
        return []
      } catch let error as GradusError {
        return [
          Finding(
            rule, "works on empty tables and fails on rows: \(error.cause.map { "\($0)" } ?? error.message)",
            file: error.file, position: error.position, statement: error.statement, engines: [engine])
        ]
      }
    }
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
