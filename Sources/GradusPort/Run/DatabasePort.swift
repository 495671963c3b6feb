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
    // First: what is complete in the target says nothing of a source that is not there.
    let sourceSession = try await Session.open(source.driver)
    let targetSession = try await Session.open(target.driver)
    guard try await targetSession.run({ try $0.keepsServerProcess() }) else {
      throw PortRefused([
        "the target's address is a connection pooler's: give a direct address of the server, as a port sets up its session"
      ])
    }
    try await targetSession.run { try TargetSettings.apply($0) }
    if let result = try await completed(sourceSession, targetSession) { return result }
    // Who waits for the locks is of the version that the source has now.
    let waiting = try await actingDefinition(sourceSession)
    let migrations = DatabaseMigrator.Options(lockTimeout: options.lockTimeout)
    @Sendable func migrator(_ database: PhysicalDatabase) -> DatabaseMigrator {
      DatabaseMigrator(schema: waiting, database: database, options: migrations) { report(.migration($0)) }
    }
    var result = try await migrator(source).holdingLock(on: sourceSession) {
      try await migrator(target).holdingLock(on: targetSession) {
        try await runAlone(sourceSession, targetSession, isDryRun: isDryRun)
      }
    }
    result.durationMs = (ContinuousClock.now - start).milliseconds
    return result
  }

  /// Runs while nobody else migrates one of the databases. What was read before is read anew: another port may have come
  /// to its end meanwhile, and an application have written the target since.
  private func runAlone(_ source: Session, _ target: Session, isDryRun: Bool) async throws -> PortResult {
    if let result = try await completed(source, target) { return result }
    let file = SourceFile(session: source, path: self.source.driver.databaseName)
    try await file.lock()
    do {
      let run = PortRun(
        port: self, definition: try await actingDefinition(source), source: source, target: target,
        record: try await target.run { try PortRecord.read($0) })
      let result = try await run.run(isDryRun: isDryRun)
      await file.release()
      return result
    } catch {
      await file.release()
      throw error
    }
  }

  /// The result where the target has been filled before; nil where that has yet to be done.
  ///
  /// - Throws: `PortRefused` where that was from another source.
  private func completed(_ source: Session, _ target: Session) async throws -> PortResult? {
    let record = try await target.run { try PortRecord.read($0) }
    guard let record, record.phase == .complete else { return nil }
    let file = SourceFile(session: source, path: self.source.driver.databaseName)
    guard try await file.holdsAllRows(), record.source == file.signature else {
      throw PortRefused(
        ["a port of another file, or of an earlier state of this one, is complete in the target"],
        hint: "nothing was changed; to port this source, give an empty database")
    }
    return PortResult(status: .alreadyComplete, version: record.version)
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
