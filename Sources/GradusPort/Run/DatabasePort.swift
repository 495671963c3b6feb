package import Gradus
import GradusCatalog
import GradusSQL

/// Moves a SQLite database to PostgreSQL: the same version of the same ledger, with the same rows.
///
/// Each step is a transaction with its record in the target, so that whatever moment it dies at, a rerun goes on there.
package struct DatabasePort: Sendable {
  let definition: SchemaDefinition
  let source: PhysicalDatabase
  let target: PhysicalDatabase
  let version: Int?
  let options: PortOptions
  let completer: @Sendable (Int) -> any ForegroundCompleter
  let report: @Sendable (PortEvent) -> Void

  /// - Parameters:
  ///   - definition: the schema, as the newest version has it.
  ///   - source: a SQLite file.
  ///   - target: an empty PostgreSQL database, or one that an interrupted port of this source has left.
  ///   - version: the version to act as; the source's where nil.
  ///   - options: settings.
  ///   - completer: runs the updates that a version's deltas queue, on the target's empty tables.
  ///   - report: told what happens.
  package init(
    definition: SchemaDefinition, source: PhysicalDatabase, target: PhysicalDatabase, version: Int? = nil,
    options: PortOptions = PortOptions(), completer: @escaping @Sendable (Int) -> any ForegroundCompleter,
    report: @escaping @Sendable (PortEvent) -> Void = { _ in }
  ) {
    self.definition = definition
    self.source = source
    self.target = target
    self.version = version
    self.options = options
    self.completer = completer
    self.report = report
  }

  /// - Parameter isDryRun: whether to change nothing, and tell what would be copied.
  /// - Throws: `PortRefused` with all reasons; `GradusError`, `SQLError`.
  package func run(isDryRun: Bool = false) async throws -> PortResult {
    guard source.driver.engine == .sqlite, target.driver.engine == .postgres else {
      throw PortRefused(["a port goes from SQLite to PostgreSQL"])
    }
    let start = ContinuousClock.now
    let targetSession = try await Session.open(target.driver)
    guard try await targetSession.run({ try $0.keepsServerProcess() }) else {
      throw PortRefused([
        "the target's address is a connection pooler's: give a direct address of the server, as a port sets up its session"
      ])
    }
    let record = try await targetSession.run { try PortRecord.read($0) }
    if let record, record.phase == .complete {
      return PortResult(status: .alreadyComplete, version: record.version)
    }
    let sourceSession = try await Session.open(source.driver)
    let acting = try await actingDefinition(sourceSession)
    let migrations = DatabaseMigrator.Options(lockTimeout: options.lockTimeout)
    @Sendable func migrator(_ database: PhysicalDatabase) -> DatabaseMigrator {
      DatabaseMigrator(schema: acting, database: database, options: migrations) { report(.migration($0)) }
    }
    var result = try await migrator(source).holdingLock(on: sourceSession) {
      try await migrator(target).holdingLock(on: targetSession) {
        let file = SourceFile(session: sourceSession, path: source.driver.databaseName)
        try await file.lock()
        let run = PortRun(
          port: self, definition: acting, source: sourceSession, target: targetSession, record: record)
        do {
          let result = try await run.run(isDryRun: isDryRun)
          await file.release()
          return result
        } catch {
          await file.release()
          throw error
        }
      }
    }
    result.durationMs = (ContinuousClock.now - start).milliseconds
    return result
  }

  /// The schema as the source's version has it.
  private func actingDefinition(_ session: Session) async throws -> SchemaDefinition {
    let state = try await session.run { try DatabaseStateReader(rules: []).read($0) }
    guard let number = state.version?.number else {
      throw PortRefused(["the source has no schema yet"], hint: "is it the right file?")
    }
    if let version, version > number {
      throw PortRefused(
        ["the source is at schema version \(number), before \(version)"],
        hint: "a port brings it to no other version: 'migrate' does")
    }
    do {
      return try definition.acting(as: version ?? number)
    } catch let error as GradusError {
      throw PortRefused(
        ["the source is at schema version \(number); \(error.message)"],
        hint: error.hint.map { "\($0); --to-version acts as one of them that the source admits" })
    }
  }
}
