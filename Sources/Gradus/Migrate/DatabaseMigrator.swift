public import GradusSQL

/// Brings one physical database to what one version of an application expects.
public struct DatabaseMigrator: Sendable {
  let schema: SchemaDefinition
  let database: PhysicalDatabase
  private let role: ProcessRole
  let options: Options
  let completer: (any ForegroundCompleter)?
  /// What an earlier look has read; nil to read anew at each call.
  private let scripts: ScriptStore?
  private let report: @Sendable (MigrationEvent) -> Void
  private var looksBack = false

  /// Settings of a migration.
  public struct Options: Sendable {
    /// How long to wait for another process that migrates.
    public var lockTimeout: Duration
    /// How long to wait for processes of versions that a rise of the compat version shuts out.
    public var fenceTimeout: Duration
    /// How long a statement waits for a lock on PostgreSQL before its step is rolled back and tried again.
    public var statementLockTimeout: Duration
    /// How often a step that met a lock or a conflict is tried.
    public var attempts: Int
    /// Interrupted deltas (recorded names) to run again, by the main process.
    public var retriedDeltas: Set<String>
    /// Deltas (recorded names) that the main process records as done without running them: interrupted ones, or renamed files.
    public var deltasToMarkApplied: Set<String>

    /// Waits a minute for another process that migrates and for those that it shuts out, five seconds for a lock, and
    /// tries each step five times.
    ///
    /// - Parameters:
    ///   - lockTimeout: how long to wait for another process that migrates.
    ///   - fenceTimeout: how long to wait for processes of versions that a rise of the compat version shuts out.
    ///   - statementLockTimeout: how long a statement waits for a lock on PostgreSQL before its step is tried again.
    ///   - attempts: how often a step that met a lock or a conflict is tried.
    ///   - retriedDeltas: interrupted deltas (recorded names) to run again.
    ///   - deltasToMarkApplied: deltas (recorded names) to record as done without running them.
    public init(
      lockTimeout: Duration = .seconds(60), fenceTimeout: Duration = .seconds(60),
      statementLockTimeout: Duration = .seconds(5), attempts: Int = 5,
      retriedDeltas: Set<String> = [], deltasToMarkApplied: Set<String> = []
    ) {
      self.lockTimeout = lockTimeout
      self.fenceTimeout = fenceTimeout
      self.statementLockTimeout = statementLockTimeout
      self.attempts = attempts
      self.retriedDeltas = retriedDeltas
      self.deltasToMarkApplied = deltasToMarkApplied
    }

    /// Whether it decides on interrupted deltas.
    package var resolvesDeltas: Bool { !retriedDeltas.isEmpty || !deltasToMarkApplied.isEmpty }
  }

  /// - Parameters:
  ///   - schema: what the application expects.
  ///   - database: the database.
  ///   - role: which part of the application asks.
  ///   - options: settings.
  ///   - completer: runs updates that have to be complete; nil where this process cannot.
  ///   - report: told what happens.
  public init(
    schema: SchemaDefinition, database: PhysicalDatabase, role: ProcessRole = .main,
    options: Options = Options(),
    completer: (any ForegroundCompleter)? = nil,
    report: @escaping @Sendable (MigrationEvent) -> Void = { _ in }
  ) {
    self.init(
      schema: schema, database: database, role: role, options: options, completer: completer,
      scripts: nil, report: report)
  }

  /// - Parameter scripts: what is read of the schema, for several looks at it that are to see the same.
  package init(
    schema: SchemaDefinition, database: PhysicalDatabase, role: ProcessRole, options: Options,
    completer: (any ForegroundCompleter)?, scripts: ScriptStore?,
    report: @escaping @Sendable (MigrationEvent) -> Void
  ) {
    self.schema = schema
    self.database = database
    self.role = role
    self.options = options
    self.completer = completer
    self.scripts = scripts
    self.report = report
  }

  /// Works out what `migrate` would do. Reads only.
  ///
  /// - Parameter session: a session of the database.
  /// - Throws: `GradusError`, `SQLError`.
  public func plan(on session: Session) async throws -> Plan { try await plan(on: session, isAlone: false) }

  /// - Parameter isAlone: whether the lock is held.
  private func plan(on session: Session, isAlone: Bool) async throws -> Plan {
    let planner = planner
    let state = try await session.run { try planner.reader.read($0) }
    return try planner.plan(state, isAlone: isAlone)
  }

  /// As `plan`, without the lock: most starts find nothing to do. Where a delta outside a transaction is not recorded,
  /// waits for whoever may be running it. Who migrates nothing waits for nobody.
  private func planWaiting(on session: Session) async throws -> Plan {
    do {
      return try await plan(on: session)
    } catch let error as GradusError where error.code == .interruptedDelta && role == .main {
      return try await withLock(session) { _ in try await plan(on: session, isAlone: true) }
    }
  }

  /// Parses the scripts of a plan and changes nothing. `migrate` does so before its first step.
  ///
  /// - Throws: `GradusError` for the first that cannot be parsed.
  package func checkScripts(of plan: Plan, on session: Session) async throws {
    try await ScriptCheck(plan: plan, scripts: scripts ?? ScriptStore()).run(on: session)
  }

  /// Finds out without changing anything whether `migrate` could begin. Waits for a process that runs a delta outside a
  /// transaction.
  ///
  /// - Parameter isOnly: whether nothing but this database is to be changed. Then scripts that share one transaction need
  ///   no look: what is wrong in one undoes all that `migrate` did.
  /// - Returns: what `migrate` would do.
  /// - Throws: what `migrate` would throw before its first step.
  package func check(on session: Session, isOnly: Bool = false) async throws -> Plan {
    let plan = try await planWaiting(on: session)
    try await checkCompletion(plan, session)
    _ = try await SchemaRights(plan: plan).check(on: session)
    let scripts = scripts ?? ScriptStore()
    if isOnly, try StepGroups(plan, scripts: scripts, engine: session.engine).whole != nil { return plan }
    try await ScriptCheck(plan: plan, scripts: scripts).run(on: session)
    return plan
  }

  var planner: Planner {
    var planner = Planner(
      ledger: schema.ledger, tree: schema.tree, engine: database.driver.engine, databases: database.databases,
      role: role)
    planner.looksBack = looksBack
    return planner
  }

  /// The same, which also warns of deltas and updates of versions that the database has passed: for who reads the
  /// warnings.
  package func lookingBack() -> DatabaseMigrator {
    var migrator = self
    migrator.looksBack = true
    return migrator
  }

  /// Plans and executes the plan. An up-to-date database is read once and not written.
  ///
  /// - Parameter session: a session of the database.
  /// - Returns: the plan that was executed.
  /// - Throws: `GradusError`, `SQLError`. What was done before the failing step stays done, and a rerun goes on there.
  @discardableResult
  public func migrate(on session: Session) async throws -> Plan {
    if role != .main || !options.resolvesDeltas {
      let plan = try await planWaiting(on: session)
      if plan.isEmpty { return plan }
    }
    return try await withLock(session) { try await migrate(session, holding: $0) }
  }

  /// Runs `body` while no other process may migrate the database.
  ///
  /// - Throws: what `body` throws; `GradusError` where another process migrates for longer than the options allow.
  package func holdingLock<R>(on session: Session, _ body: () async throws -> R) async throws -> R {
    try await withLock(session) { _ in try await body() }
  }

  /// - Parameter body: gets what is held; nil where there is nobody to keep off.
  private func withLock<R>(_ session: Session, _ body: (MigrationLock?) async throws -> R) async throws -> R {
    let lock = try await acquireLock(session)
    do {
      let result = try await body(lock)
      await lock?.release()
      return result
    } catch {
      await lock?.release()
      throw error
    }
  }

  private func acquireLock(_ session: Session) async throws -> MigrationLock? {
    let deadline = ContinuousClock.now + options.lockTimeout
    var lastHolder: String?
    var poll = MigrationLockPoll(driver: database.driver)
    while let attempt = try await poll.tryAcquire() {
      switch attempt {
      case .acquired(let lock): return lock
      case .held(let holder):
        if holder != lastHolder { report(.waiting(holder: holder)) }
        lastHolder = holder
        // The other may wait for our own process to end, if it shuts our version out.
        try await LiveVersions.refuse(schema.ledger.version, of: database, on: session)
        guard ContinuousClock.now < deadline else {
          throw GradusError(
            .lockTimeout,
            "another process has been migrating '\(database.shownName)' for longer than \(options.lockTimeout): \(holder)",
            hint: "wait for it, or raise --lock-timeout")
        }
        try await Task.sleep(for: .milliseconds(200))
      }
    }
    return nil
  }

  /// As `migrate`, for who holds the lock already.
  @discardableResult
  package func migrateHoldingLock(_ session: Session) async throws -> Plan {
    try await migrate(session, holding: nil)
  }

  /// - Parameter lock: looked after from step to step; nil where somebody else does.
  private func migrate(_ session: Session, holding lock: MigrationLock?) async throws -> Plan {
    // Whoever shares its options is not to change what it finds.
    if role == .main { try await resolveAttempts(session) }
    // Planned anew: another process may have migrated while we waited.
    var plan = try await plan(on: session, isAlone: true)
    try await checkCompletion(plan, session)
    let warnings = try await SchemaRights(plan: plan).check(on: session)
    plan.warnings += warnings
    let scripts = scripts ?? ScriptStore()
    let executor = StepExecutor(
      tree: schema.tree, scripts: scripts, target: schema.ledger.version, database: database,
      session: session,
      completer: completer,
      report: report,
      lockTimeout: options.statementLockTimeout, fenceTimeout: options.fenceTimeout,
      newCompat: plan.version == nil ? schema.ledger.compatVersion : nil,
      migrations: schema.ledger.gradualMigrations,
      checkRest: { try await checkCompletion(self.plan(on: session, isAlone: true), session) })
    let groups = try StepGroups(plan, scripts: scripts, engine: session.engine)
    // What is wrong in a script undoes all of it, so that no script need be looked at before.
    if let whole = groups.whole, let durations = try await executeTogether(whole, executor) {
      report(.planned(plan))
      tell(whole, durations, of: plan)
      return plan
    }
    try await ScriptCheck(plan: plan, scripts: scripts).run(on: session)
    report(.planned(plan))
    groups: for group in groups.groups {
      if group.count > 1, groups.whole == nil {
        try Task.checkCancellation()
        try await lock?.check()
        if let durations = try await executeTogether(group, executor) {
          tell(group, durations, of: plan)
          continue
        }
      }
      for index in group.indices {
        try await execute(index, of: plan, executor, lock)
        if plan.version != nil, case .raiseCompat = plan.steps[index].action {
          plan = try await goOn(after: index, of: plan, session, executor, lock)
          break groups
        }
      }
    }
    return try await purgeLate(after: plan, session, executor, lock)
  }

  /// Executes what comes after the compat version is raised, planned anew: a version that is shut out from here on may have
  /// written until then, and rows that it made stale since the plan was made nobody would look for any more.
  private func goOn(
    after raise: Int, of planned: Plan, _ session: Session, _ executor: StepExecutor, _ lock: MigrationLock?
  ) async throws -> Plan {
    var plan = planned
    let rest = try await self.plan(on: session, isAlone: true).steps
    plan.steps.replaceSubrange((raise + 1)..., with: rest)
    try await execute(from: raise + 1, of: plan, executor, lock)
    return plan
  }

  /// Purges what admitted older versions have made stale since the plan was made: what they wrote before the guards were there
  /// is not marked, and once this version serves, its own rows hide it from the next start.
  private func purgeLate(
    after executed: Plan, _ session: Session, _ executor: StepExecutor, _ lock: MigrationLock?
  ) async throws -> Plan {
    let planner = planner
    // Nobody uses a new database yet.
    guard executed.version != nil, executed.steps.contains(where: \.leavesTimeForWrites),
      planner.migrations.contains(where: { !$0.staleness.isEmpty })
    else { return executed }
    var plan = executed
    plan.steps += try await session.run { try planner.latePurges(planner.reader.read($0)) }
    try await execute(from: executed.steps.count, of: plan, executor, lock)
    return plan
  }

  /// Executes the steps that were added to what has been executed of a plan.
  private func execute(
    from first: Int, of plan: Plan, _ executor: StepExecutor, _ lock: MigrationLock?
  ) async throws {
    for index in plan.steps.indices.dropFirst(first) { try await execute(index, of: plan, executor, lock) }
  }

  /// Executes steps in one transaction.
  ///
  /// - Returns: how long each took; nil where they cannot be done so. One by one they tell which is at fault, and those
  ///   before it stay done.
  private func executeTogether(
    _ steps: ArraySlice<PlanStep>, _ executor: StepExecutor
  ) async throws -> [Duration]? {
    do {
      return try await executor.executeTogether(steps)
    } catch let error where error.sqlError?.code == .cancelled || error.sqlError?.code == .connectionLost {
      throw error
    } catch is GradusError, is SQLError {
      return nil
    }
  }

  private func tell(_ steps: ArraySlice<PlanStep>, _ durations: [Duration], of plan: Plan) {
    for (index, duration) in zip(steps.indices, durations) {
      report(.stepStarted(steps[index], number: index + 1, count: plan.steps.count))
      report(.stepFinished(steps[index], duration: duration))
    }
  }

  private func execute(
    _ index: Int, of plan: Plan, _ executor: StepExecutor, _ lock: MigrationLock?
  ) async throws {
    let step = plan.steps[index]
    try Task.checkCancellation()
    try await lock?.check()
    report(.stepStarted(step, number: index + 1, count: plan.steps.count))
    let start = ContinuousClock.now
    let isFirstDelta = index == plan.steps.firstIndex(where: \.appliesDelta)
    do {
      try await execute(step, isFirstDelta: isFirstDelta, executor)
    } catch let error as GradusError where error.code == .deltaFailed {
      throw error.telling(raisedCompat: plan.compatRaised(before: index))
    }
    report(.stepFinished(step, duration: .now - start))
  }

  private func execute(_ step: PlanStep, isFirstDelta: Bool, _ executor: StepExecutor) async throws {
    var delay = Duration.milliseconds(250)
    for attempt in 1... {
      do {
        if isFirstDelta { try await executor.forgetUnqueued() }
        return try await executor.execute(step)
      } catch let error as SQLError where error.code.isTransient && attempt < options.attempts {
        report(.stepRetried(step, error: error.message, delay: delay))
        try await Task.sleep(for: delay)
        delay *= 2
      } catch let error as SQLError where error.code.isTransient {
        throw GradusError(
          .stepFailed, "in \(attempt) attempts this step could not be done: \(step)", cause: error)
      }
    }
  }
}
