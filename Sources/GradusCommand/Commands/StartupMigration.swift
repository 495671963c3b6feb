import Gradus
import GradusSQL
import GradusUpdates

/// What `migrate` does, and `serve` at its start.
struct StartupMigration: Sendable {
  let context: CommandContext
  var role: ProcessRole = .main
  let options: DatabaseMigrator.Options
  /// How many batches of an update that must be complete run at the same time.
  let foregroundWorkers: Int

  /// Migrates the databases one after the other. All of them are looked at before the first is changed; one that fails
  /// later leaves those before it migrated and those after it untouched.
  ///
  /// - Parameter report: told what happens to a database.
  /// - Throws: `GradusError`, `SQLError`.
  func run(
    report: @escaping @Sendable (PhysicalDatabase, MigrationEvent) -> Void
  ) async throws -> [MigrationResult] {
    let scripts = ScriptStore()
    var upToDate: [MigrationResult?] = []
    for database in context.databases {
      upToDate.append(
        try await database.naming { try await check(database, scripts) { report(database, $0) } })
    }
    let options = try await optionsOfEach()
    var results: [MigrationResult] = []
    for (place, database) in context.databases.enumerated() {
      if let result = upToDate[place] {
        results.append(result)
      } else {
        results.append(
          try await database.naming {
            try await migrate(database, options[place], scripts) { report(database, $0) }
          })
      }
    }
    return results
  }

  /// The options for each of the databases. A decision on a delta whose file is gone is for those that were interrupted in it:
  /// to the others its name says nothing.
  private func optionsOfEach() async throws -> [DatabaseMigrator.Options] {
    guard options.resolvesDeltas, context.databases.count > 1 else {
      return context.databases.map { _ in options }
    }
    let interrupted = try await context.readEach { _, session in
      try await session.run { Set(try DatabaseStateReader(rules: []).read($0).attempts.map(\.file)) }
    }
    let known = Set(context.schema.tree.deltas.values.joined().map(\.recordedName))
    let gone = Set(interrupted.joined()).subtracting(known)
    return interrupted.map { own in
      var options = options
      options.retriedDeltas.subtract(gone.subtracting(own))
      options.deltasToMarkApplied.subtract(gone.subtracting(own))
      return options
    }
  }

  /// - Returns: the result where nothing is to be done, as at most starts: one look at the database tells. Else nil.
  private func check(
    _ database: PhysicalDatabase, _ scripts: ScriptStore,
    _ report: @escaping @Sendable (MigrationEvent) -> Void
  ) async throws -> MigrationResult? {
    let start = ContinuousClock.now
    return try await reconnecting(report) {
      // A file that is not there is not made either, until it is known what to put into it.
      try await context.openForReading(database)
    } _: { session -> MigrationResult? in
      do {
        // A file would be left behind that was not there before.
        let isOnly = context.databases.count == 1 && SessionOpener.isThere(database)
        let plan = try await migrator(database, options, scripts, report: report).check(
          on: session, isOnly: isOnly)
        guard plan.isEmpty, !options.resolvesDeltas else { return nil }
        return MigrationResult(database, plan, duration: .now - start)
      } catch let error as GradusError where error.code == .interruptedDelta && options.resolvesDeltas {
        // What follows it can be told once it is resolved.
        return nil
      }
    }
  }

  /// Migrates one database. Where the connection is lost it goes on where it was: each step is committed with its record.
  private func migrate(
    _ database: PhysicalDatabase, _ options: DatabaseMigrator.Options, _ scripts: ScriptStore,
    _ report: @escaping @Sendable (MigrationEvent) -> Void
  ) async throws -> MigrationResult {
    let (start, record) = (ContinuousClock.now, MigrationRecord())
    return try await reconnecting(report, record) {
      try await Session.open(database.driver)
    } _: { session -> MigrationResult in
      var options = options
      // What is decided of deltas is written by then, and one that was interrupted since nobody has looked at. Before, it is
      // to be written still: a delta that is to be marked as applied would be run.
      if record.plan != nil { (options.retriedDeltas, options.deltasToMarkApplied) = ([], []) }
      let migrator = migrator(database, options, scripts) { event in
        record.note(event)
        report(event)
      }
      let plan = try await migrator.migrate(on: session)
      return MigrationResult(database, record.plan ?? plan, duration: .now - start)
    }
  }

  /// Works with a session, and anew with another one where the connection is lost, for as long as the configuration says.
  ///
  /// - Parameters:
  ///   - record: knows whether anything was committed; nil where nothing is written.
  ///   - open: opens a session.
  ///   - work: gets it.
  private func reconnecting<R>(
    _ report: @Sendable (MigrationEvent) -> Void, _ record: MigrationRecord? = nil,
    open: () async throws -> Session, _ work: (Session) async throws -> R
  ) async throws -> R {
    var reconnection = Reconnection(limit: context.updates.reconnectTimeout)
    var isLost = false
    while true {
      do {
        let session = try await open()
        if isLost { report(.reconnected) }
        isLost = false
        return try await work(session)
      } catch {
        if let record, record.takeProgress() { reconnection.recordProgress() }
        guard let delay = reconnection.delay(after: error, at: .now) else { throw error }
        if !isLost { report(.disconnected(error: error.sqlError?.message ?? "\(error)")) }
        isLost = true
        try await Task.sleep(for: delay)
      }
    }
  }

  private func migrator(
    _ database: PhysicalDatabase, _ options: DatabaseMigrator.Options, _ scripts: ScriptStore,
    report: @escaping @Sendable (MigrationEvent) -> Void
  ) -> DatabaseMigrator {
    DatabaseMigrator(
      schema: context.schema, database: database, role: role, options: options,
      completer: context.foregroundRunner(workers: foregroundWorkers), scripts: scripts, report: report
    ).lookingBack()
  }
}
