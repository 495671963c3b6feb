import GradusSQL

/// Executes one step of a plan, in a transaction with its record.
struct StepExecutor {
  let tree: SchemaTree
  let scripts: ScriptStore
  let target: Int
  let database: PhysicalDatabase
  let session: Session
  let completer: (any ForegroundCompleter)?
  let report: @Sendable (MigrationEvent) -> Void
  /// How long a statement of a step waits for a lock on PostgreSQL before the step is rolled back and tried again.
  let lockTimeout: Duration
  /// How long to wait for processes of versions that are shut out.
  let fenceTimeout: Duration
  /// The compat version of a database that is being made; nil where it exists.
  let newCompat: Int?
  /// Those of the ledger: what has to be complete before one is certified, and who must not write any more.
  var migrations: [GradualMigration] = []
  /// Throws where what follows the rise of the compat version could not be done. Asked just before it, once those that it
  /// shuts out have ended: what they have written until then may have to be done, too.
  var checkRest: @Sendable () async throws -> Void = {}

  private var isNewDatabase: Bool { newCompat != nil }

  func execute(_ step: PlanStep) async throws {
    switch step.action {
    case .createBookkeeping, .createSchema, .recordVersion: _ = try await executeTogether([step])
    // On a new database nobody works yet: who wants to waits for this migration, and then finds the compat version.
    case .raiseCompat where isNewDatabase: _ = try await executeTogether([step])
    case .raiseCompat(let from, let compat): try await raiseCompat(from: from, to: compat)
    case .applyDelta(let file): try await apply(file, as: step)
    case .purgeStale(let rule):
      try await transaction { try StalenessPurge(rule: rule, connection: $0).run() }
    case .forgetWatermarks(let tables):
      try await transaction { try BookkeepingWriter(connection: $0).forgetWatermarks(tables) }
    case .installGuards(let migration):
      try await transaction { try GuardInstaller(connection: $0).install(migration, version: target) }
    case .removeGuards(let migration):
      try await transaction { try GuardInstaller(connection: $0).remove(migration) }
    case .completeUpdates(let names, let migration): try await complete(names, of: migration)
    case .certify(let migration):
      // Guards may have queued them again since: for a transaction that was open then, or an update of another process. By
      // now they are gone, so that nothing more comes of them.
      let declared = migrations.first { $0.name == migration }
      let names = try await queued(declared?.neededUpdates ?? [])
      if !names.isEmpty { try await complete(names, of: migration) }
      // No purge asks for them any more, and a later migration may have a table of the same name.
      let tables = declared?.staleness.map(\.table) ?? []
      try await transaction { connection in
        let bookkeeping = BookkeepingWriter(connection: connection)
        try bookkeeping.certify(migration, version: target)
        try bookkeeping.forgetWatermarks(tables)
      }
    }
  }

  private func complete(_ names: [String], of migration: String) async throws {
    if let completer {
      try await completer.complete(names, of: database, on: session) { report(.update($0)) }
    } else if try await !queued(names).isEmpty {
      throw GradusError(
        .updatesPending, "'\(migration)' needs its updates complete, and this process cannot run them",
        hint: "run 'updates run' with the application's own binary")
    }
  }

  /// Executes steps in one transaction: any one of these, or those of a new database that `StepGroups` has found to fit
  /// into one.
  ///
  /// - Returns: how long each took.
  func executeTogether(_ steps: ArraySlice<PlanStep>) async throws -> [Duration] {
    try await transaction(changesSettings: try steps.contains(where: mayChangeSettings)) { connection in
      let bookkeeping = BookkeepingWriter(connection: connection)
      var version: DatabaseState.Version?
      var applied: [BookkeepingWriter.AppliedDelta] = []
      let durations = try steps.map { step in
        let start = ContinuousClock.now
        switch step.action {
        case .createBookkeeping(let withQueue): try bookkeeping.createTables(withQueue: withQueue)
        case .createSchema(let number, let files):
          try create(number, files, on: connection)
          // In the transaction of the version: after a crash in between any older version could open the database.
          if let newCompat { try bookkeeping.raiseCompat(to: newCompat) }
          version = .init(number, isUpgraded: false)
        case .raiseCompat(_, let compat): try bookkeeping.raiseCompat(to: compat)
        case .recordVersion(let number): version = .init(number, isUpgraded: true)
        case .applyDelta(let file):
          let script = try scripts.script(of: file, for: connection.engine)
          try run(script, of: file, on: connection)
          applied.append(
            .init(file: file, checksum: Checksum.of(script.sql), duration: .now - start))
        default: preconditionFailure("a step that needs a transaction of its own: \(step)")
        }
        return .now - start
      }
      if let version { try bookkeeping.record(version) }
      try bookkeeping.record(applied)
      return durations
    }
  }

  private func mayChangeSettings(_ step: PlanStep) throws -> Bool {
    let files: [SchemaFile]
    switch step.action {
    case .applyDelta(let file): files = [file]
    case .createSchema(_, let all): files = all
    default: return false
    }
    return try files.contains { try scripts.script(of: $0, for: session.engine).mayChangeSettings }
  }

  /// Makes way for what deltas queue; in a new database nothing is known of any update.
  func forgetUnqueued() async throws {
    guard !isNewDatabase else { return }
    try await transaction { try BookkeepingTables.forgetUnqueued(on: $0) }
  }

  private func create(_ version: Int, _ files: [SchemaFile], on connection: Connection) throws {
    for file in files {
      do {
        try run(file, on: connection)
      } catch var error as GradusError where error.cause?.code == .duplicateObject {
        error.hint =
          "nothing of it was kept; a database that other means have made is told its version by a row of "
          + "schema_version: see 'A database that is there already' of the page on the schema tree"
        throw error
      }
    }
    try connection.execute(Bookkeeping.queue)
    let databases = database.databases ?? tree.databases
    for declaration in tree.standingSyncs(at: version, in: databases, on: connection.engine) {
      guard let sync = declaration.syncColumn else { continue }
      try SyncTrigger(connection: connection, name: declaration.name).installAgain(sync)
    }
  }

  private func raiseCompat(from: Int?, to compat: Int) async throws {
    let shutOut = migrations.filter { $0.starts <= compat && $0.starts > from ?? .min }
    let sources = shutOut.flatMap(\.staleness).flatMap { [$0.source.table] + $0.guards.map(\.table) }
    let fence = VersionFence(
      from: from, compat: compat, database: database, session: session, timeout: fenceTimeout, report: report,
      sources: Set(sources).sorted(), leastTransactionTimeout: lockTimeout)
    try await fence.close { seal in
      try await checkRest()
      try await transaction { connection in
        try seal(connection)
        try BookkeepingWriter(connection: connection).raiseCompat(to: compat)
      }
    }
  }

  private func apply(_ file: SchemaFile, as step: PlanStep) async throws {
    switch file.kind {
    case .sql:
      let script = try scripts.script(of: file, for: session.engine)
      if script.runsOutsideTransaction {
        try await applyOutsideTransaction(file, script)
      } else {
        _ = try await executeTogether([step])
      }
    case .updates:
      let delta = UpdatesDelta(file: file, declarations: tree.declarations(in: file, for: session.engine))
      try await complete(delta.awaitedUpdates(on: session.engine))
      let checksum = try AppliedDeltas.checksum(file, on: session.engine)
      try await record(file, checksum: checksum, rebuildsTables: delta.hasConstraints) {
        try delta.run(on: $0)
      }
    case .code:
      guard let code = tree.codeDeltas[file.recordedName] else {
        preconditionFailure("the planner lets no unregistered delta through: \(file.recordedName)")
      }
      try await record(file, checksum: "code", changesSettings: true) { connection in
        do {
          try SessionSettings.keepingPlace(connection, where: true) {
            try code.create(connection)
            if !isNewDatabase { try code.upgrade(connection) }
          }
        } catch {
          throw GradusError.failure(ofCode: file, error)
        }
      }
    case .unknown, .cache: break
    }
  }

  /// Completes what a delta waits for.
  private func complete(_ names: [String]) async throws {
    guard !names.isEmpty else { return }
    let pending = try await queued(names)
    guard !pending.isEmpty else { return }
    guard let completer else {
      throw GradusError(
        .updatesPending,
        "the delta waits for \(pending.joined(separator: ", ")), which this process cannot run",
        hint: "run 'updates run' with the application's own binary, then 'migrate' again")
    }
    try await completer.complete(pending, of: database, on: session) { report(.update($0)) }
  }

  /// Those of these updates that are in the queue.
  private func queued(_ names: [String]) async throws -> [String] {
    try await session.run { connection in
      try connection.query("SELECT update_name FROM background_updates").map { try $0.text(0) }.filter(
        names.contains)
    }
  }

  /// Runs `body` and its record in one transaction.
  private func record(
    _ file: SchemaFile, checksum: String, rebuildsTables: Bool = false, changesSettings: Bool = false,
    _ body: @escaping @Sendable (Connection) throws -> Void
  ) async throws {
    try await transaction(rebuildsTables: rebuildsTables, changesSettings: changesSettings) { connection in
      let start = ContinuousClock.now
      try body(connection)
      try BookkeepingWriter(connection: connection).record([
        .init(file: file, checksum: checksum, duration: .now - start)
      ])
    }
  }

  /// Writes down that the delta starts, runs it, and writes down that it ended: a crash between is found by the first.
  private func applyOutsideTransaction(_ file: SchemaFile, _ script: DeltaScript) async throws {
    try await transaction { try BookkeepingWriter(connection: $0).recordAttempt(file) }
    let start = ContinuousClock.now
    do {
      try await session.run { connection in
        try SessionSettings.keeping(connection) { try run(script, of: file, on: connection) }
        try InvalidIndexes.refuse(namedIn: script, of: file, on: connection)
      }
    } catch let error where error.sqlError?.code == .cancelled {
      throw GradusError(
        .interruptedDelta,
        "the delta was interrupted: it runs outside a transaction, so that what it did stays",
        file: file.path, hint: Self.resolution(of: file), cause: error.sqlError)
    } catch {
      // It failed by itself, and the error says how: there is nothing to find out about an interrupted run.
      // Where even this fails, the first error is the one to tell.
      _ = try? await transaction { try BookkeepingWriter(connection: $0).forgetAttempt(file.recordedName) }
      throw error
    }
    let duration = ContinuousClock.now - start
    do {
      try await transaction { connection in
        let bookkeeping = BookkeepingWriter(connection: connection)
        try bookkeeping.record([.init(file: file, checksum: Checksum.of(script.sql), duration: duration)])
        try bookkeeping.forgetAttempt(file.recordedName)
      }
    } catch let error as SQLError where error.code.isTransient || error.code == .cancelled {
      // A retry of the step would run the delta again.
      throw GradusError(
        .interruptedDelta, "the delta is done, but could not be recorded", file: file.path,
        hint: "'migrate --mark-applied \(file.recordedName)' records it", cause: error)
    }
  }

  /// What to do about a delta that was started and is not recorded.
  private static func resolution(of file: SchemaFile) -> String {
    let name = file.recordedName
    return "look at what it did; then 'migrate --retry-delta \(name)' runs it again, "
      + "'migrate --mark-applied \(name)' records it as done"
  }

  private func run(_ file: SchemaFile, on connection: Connection) throws {
    try run(try scripts.script(of: file, for: connection.engine), of: file, on: connection)
  }

  private func run(_ script: DeltaScript, of file: SchemaFile, on connection: Connection) throws {
    do {
      // Outside a transaction all settings are put back before the next statement of ours.
      try SessionSettings.keepingPlace(
        connection, where: script.mayChangeSettings && !script.runsOutsideTransaction
      ) {
        try connection.executeScript(script.sql)
      }
    } catch let failure as ScriptError {
      // What was met by no fault of the delta is met again by a retry of the whole transaction. Without a transaction a
      // retry would do anew what is done.
      let code = failure.error.code
      guard code.isOfStatement || code.isTransient && script.runsOutsideTransaction else {
        throw failure.error
      }
      throw GradusError(delta: file, failure, hint: Self.hint(failure.error, in: script))
    }
  }

  private static func hint(_ error: SQLError, in script: DeltaScript) -> String {
    guard !script.runsOutsideTransaction else {
      return
        "it runs outside a transaction: statements before it may remain; undo them, or write the file so that "
        + "it takes what is done, and run again"
    }
    // PostgreSQL has a code for what is refused within one.
    let needsNone = error.sqlState == "25001" || error.message.hasPrefix("cannot VACUUM from within")
    let advice = needsNone ? "let the file begin with -- gradus:no-transaction" : error.code.advice
    return "nothing of this delta was kept; \(advice ?? "mend it and run again")"
  }

  private func transaction<R: Sendable>(
    rebuildsTables: Bool = false, changesSettings: Bool = false,
    _ body: @escaping @Sendable (Connection) throws -> R
  ) async throws -> R {
    try await session.run { connection in
      if rebuildsTables, connection.engine == .sqlite {
        return try RebuildSettings.with(connection) { try connection.transaction(.write, body) }
      }
      return try SessionSettings.keeping(connection, where: changesSettings) {
        try connection.transaction(.write, lockTimeout: lockTimeout, body)
      }
    }
  }
}
