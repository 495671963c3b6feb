package import GradusSQL

/// Works out what a start-up has to do. Pure: no database, no clock, no file beyond the tree that was read.
package struct Planner: Sendable {
  /// What the application expects.
  package var ledger: Ledger
  /// The files.
  package var tree: SchemaTree
  /// The engine of the database.
  package var engine: Engine
  /// The logical databases that live on it.
  package var databases: Set<LogicalDatabase>
  /// Which part of the application asks.
  package var role: ProcessRole
  /// Whether it also warns of what the tree says of versions that the database has passed. Reads the records of all of
  /// them, which a start need not.
  package var looksBack = false

  /// - Parameters:
  ///   - ledger: what the application expects.
  ///   - tree: the files.
  ///   - engine: the engine of the database.
  ///   - databases: the logical databases that live on it; nil for all that the tree has.
  ///   - role: which part of the application asks.
  package init(
    ledger: Ledger, tree: SchemaTree, engine: Engine, databases: Set<LogicalDatabase>? = nil,
    role: ProcessRole = .main
  ) {
    self.ledger = ledger
    self.tree = tree
    self.engine = engine
    self.databases = databases ?? tree.databases
    self.role = role
  }

  /// The gradual migrations that the application's version knows and whose tables are in this database.
  var migrations: [GradualMigration] {
    ledger.gradualMigrations.filter {
      $0.starts <= ledger.version && (databases.contains($0.database) || $0.database == .common)
    }
  }

  /// Reads what the plan depends on.
  package var reader: DatabaseStateReader {
    DatabaseStateReader(
      migrations: migrations, version: ledger.version,
      firstVersion: looksBack ? tree.deltas.keys.min() ?? 0 : nil)
  }

  /// The plan for a database.
  ///
  /// - Parameters:
  ///   - state: what the database says about itself.
  ///   - isAlone: whether no other process migrates the database. Only then a delta that was started and is not recorded
  ///     is known to have been interrupted: it could be running.
  /// - Returns: the steps; none where the database is as this version wants it.
  /// - Throws: `GradusError`: the database is too new, a worker would have to migrate, a delta was interrupted, or the
  ///   tree is incomplete.
  package func plan(_ state: DatabaseState, isAlone: Bool = false) throws -> Plan {
    var plan = Plan(
      target: ledger.version, targetCompat: ledger.compatVersion, version: state.version?.number,
      compatVersion: state.compatVersion, queuedUpdates: Set(state.queue.map(\.name)))
    plan.warnings =
      tree.unknownFiles.map { "\($0.path): neither SQL nor an updates file; ignored" } + passedOver(state)
    try refuse(state, isAlone: isAlone)
    if let version = state.version {
      try planExisting(version, state, &plan)
    } else {
      try planNew(state, &plan)
    }
    plan.warnings += queuedAgain(by: plan, state)
    if role == .worker, let step = plan.steps.first(where: { !$0.isToleratedByWorkers }) {
      throw GradusError(
        .workerMayNotMigrate,
        "this worker expects schema version \(ledger.version), but the database \(state.version.map { "is at \($0.number)" } ?? "is new") and needs: \(step)",
        hint: "start the main process (or run 'migrate') first")
    }
    if role == .worker { plan.steps = [] }
    return plan
  }

  /// What can be told before any step.
  private func refuse(_ state: DatabaseState, isAlone: Bool) throws {
    try Admission.check(state, version: ledger.version)
    try Admission.checkUpgrade(of: state, ledger: ledger)
    if let attempt = state.attempts.first {
      throw GradusError(
        .interruptedDelta,
        "the delta \(attempt.file), which runs outside a transaction, was started by \(attempt.startedBy) and "
          + (isAlone ? "did not get to its record" : "has no record: it is running, or was interrupted"),
        hint: (isAlone ? "" : "'migrate' waits for it, and tells the two apart; where it was interrupted, ")
          + "look at what it did; then 'migrate --retry-delta \(attempt.file)' runs it again, 'migrate --mark-applied \(attempt.file)' records it as done"
      )
    }
    if state.version == nil && state.hasTables && state.compatVersion != nil {
      throw GradusError(
        .invalidTree, "the database has a compat version but no schema version",
        hint: "restore a backup; bookkeeping rows are missing")
    }
  }

  private func planNew(_ state: DatabaseState, _ plan: inout Plan) throws {
    let (version, files) = try fullSchema()
    if !state.hasBookkeeping { plan.add(.createBookkeeping(withQueue: false), "the database has none") }
    plan.add(
      .createSchema(version: version, files: files),
      (state.hasTables
        ? "the database has tables, but no record of a version, and is taken for a new one"
        : "the database is new") + "; \(version) is the newest full schema")
    plan.add(.raiseCompat(from: nil, to: ledger.compatVersion), "older versions must not open it")
    try planVersions(from: version + 1, recorded: version, isNew: true, state, &plan)
  }

  private func planExisting(_ version: DatabaseState.Version, _ state: DatabaseState, _ plan: inout Plan)
    throws
  {
    if !state.hasBookkeeping { plan.add(.createBookkeeping(withQueue: true), "some are missing") }
    if state.compatVersion ?? Int.min < ledger.compatVersion {
      plan.add(
        .raiseCompat(from: state.compatVersion, to: ledger.compatVersion),
        "before anything else, so that a version which this upgrade shuts out cannot open a database half way"
      )
    }
    distrust(state, newer: version.number, &plan)
    try planVersions(from: start(version), recorded: version.number, isNew: false, state, &plan)
  }

  /// The first version whose deltas may be pending. A full schema holds its own version's deltas, and neither runs nor
  /// records them.
  func start(_ version: DatabaseState.Version) -> Int {
    version.isUpgraded ? version.number : version.number + 1
  }

  /// An older version is about to write the sources of tables that it does not know. What a newer one remembers of them
  /// holds no longer: positions may even be given out again, where the newest rows have been removed.
  private func distrust(_ state: DatabaseState, newer version: Int, _ plan: inout Plan) {
    guard version > ledger.version else { return }
    let own = Set(ledger.gradualMigrations.flatMap(\.staleness).map(\.table))
    let tables = state.watermarkedTables.subtracting(own).sorted()
    guard !tables.isEmpty else { return }
    plan.add(
      .forgetWatermarks(tables),
      "version \(ledger.version) does not keep what version \(version) derives; the next start of that one looks at all of it"
    )
  }

  /// Versions one by one, then what the start-up does at every start.
  private func planVersions(
    from start: Int, recorded: Int, isNew: Bool, _ state: DatabaseState, _ plan: inout Plan
  ) throws {
    var open = migrations.filter { !state.completedMigrations.contains($0.name) }
    var recorded = recorded
    for version in versions(from: start) {
      try complete(&open, at: version, isNew: isNew, state, &plan)
      let files = try tree.deltas(of: version, in: databases).filter { $0.applies(to: engine) }
      if version > recorded {
        plan.add(.recordVersion(version), files.isEmpty ? "there are no deltas of it" : "its deltas follow")
        recorded = version
      }
      for file in files {
        guard !state.appliedDeltas.contains(file.recordedName) else { continue }
        try check(file)
        plan.add(
          .applyDelta(file),
          (version == state.version?.number ? "added to version \(version)" : "of version \(version)")
            + constraints(file) + syncNote(file))
      }
    }
    try complete(&open, at: ledger.version, isNew: isNew, state, &plan)
    if !plan.steps.contains(where: \.appliesDelta) {
      for migration in open { try refuseUnreadableRules(of: migration, state) }
    }
    for migration in open { purge(migration, state, &plan) }
    let rest = migrations.filter { open.contains($0) || state.completedMigrations.contains($0.name) }
    plan.steps += guardSteps(
      for: rest, open: open, followsDeltas: plan.steps.contains(where: \.appliesDelta), state)
  }

  /// The versions that there are from a number on, up to the application's: these may be dates, of which nearly all numbers
  /// between two are none.
  private func versions(from start: Int) -> [Int] {
    Set(tree.deltas.keys).union(ledger.versions.keys).union(migrations.compactMap(\.completes))
      .union([ledger.version])
      .filter { $0 >= start && $0 <= ledger.version }.sorted()
  }

  /// What an updates file does to tables beyond queueing.
  private func constraints(_ file: SchemaFile) -> String {
    guard file.kind == .updates else { return "" }
    let tables = Set(tree.declarations(in: file, for: engine).compactMap(\.constraint?.table)).sorted()
    guard !tables.isEmpty else { return "" }
    return switch engine {
    case .sqlite: "; rebuilds \(tables.joined(separator: ", ")) to add a constraint"
    case .postgres: "; adds a constraint to \(tables.joined(separator: ", ")), to be validated later"
    }
  }

  /// Completes what must be complete before a version's deltas, which may rely on it.
  private func complete(
    _ open: inout [GradualMigration], at version: Int, isNew: Bool, _ state: DatabaseState, _ plan: inout Plan
  ) throws {
    let due = open.filter { $0.completes.map { $0 <= version } ?? false }
    open.removeAll { due.contains($0) }
    for migration in due {
      if !isNew {
        // Of the deltas only those before this could still add what a rule names; after it nobody looks any more.
        if !plan.steps.contains(where: \.appliesDelta) { try refuseUnreadableRules(of: migration, state) }
        purge(migration, state, &plan)
      }
      plan.add(
        .completeUpdates(migration.updates, migration: migration.name),
        "version \(migration.completes!) reads what they fill without a fallback")
      plan.steps += guardSteps(for: [migration], open: [], state)
      plan.add(
        .certify(migration: migration.name),
        "no version before \(migration.starts) can open the database any more")
    }
  }

  private func purge(_ migration: GradualMigration, _ state: DatabaseState, _ plan: inout Plan) {
    for rule in migration.staleness {
      guard let staleness = state.staleness[rule.table] else { continue }
      if staleness.isStale {
        plan.add(
          .purgeStale(rule),
          "\(rule.source.table) moved from position \(staleness.trustedPosition!) to \(staleness.source!) without it"
        )
      } else if staleness.isUnseen {
        plan.add(
          .purgeStale(rule),
          "nobody has looked yet for rows that \(rule.source.table) does not bear out any more")
      } else if staleness.trustedPosition == nil, staleness.hasRowsToDerive, let whenEmpty = rule.whenEmpty,
        !whenEmpty.queue.allSatisfy({ isUntouched($0, state) })
      {
        plan.add(
          .purgeStale(rule),
          "it is empty, but \(whenEmpty.table) is not, and what fills it may have passed rows of an older version"
        )
      }
    }
  }

  /// What cannot be read is never found to be stale. Where deltas are to come, one of them may add what is missing.
  private func refuseUnreadableRules(of migration: GradualMigration, _ state: DatabaseState) throws {
    for rule in migration.staleness {
      guard let reason = state.unreadableRules[rule.table] else { continue }
      throw GradusError(
        .invalidTree, "the staleness of '\(rule.table)' ('\(migration.name)') cannot be read: \(reason)",
        hint: "mend the rule in the ledger, or add what it names by a delta")
    }
  }

  /// Whether an update is queued and has not begun: it will see all that is there.
  private func isUntouched(_ update: QueuedUpdate, _ state: DatabaseState) -> Bool {
    state.queue.contains { $0.name == update.name && $0.progress == update.progress }
  }

  private func check(_ file: SchemaFile) throws {
    guard file.kind == .code, tree.codeDeltas[file.recordedName] == nil else { return }
    throw GradusError(
      .invalidTree, "this delta is code, and nothing is registered under its name", file: file.path,
      hint: "register CodeDelta(version: \(file.version), name: \"\(file.name)\") in the application")
  }

  /// The newest full schema that is not newer than the application, complete for all databases.
  private func fullSchema() throws -> (Int, [SchemaFile]) {
    guard let version = tree.fullSchemas.keys.filter({ $0 <= ledger.version }).max() else {
      throw GradusError(
        .invalidTree, "no full schema of version \(ledger.version) or below, so no new database can be made",
        hint: "add schema/<database>/<version>/; there are \(tree.fullSchemas.keys.sorted())")
    }
    let files = tree.fullSchemas[version]!.filter {
      databases.contains($0.database) || $0.database == .common
    }
    for database in databases.sorted() where !files.contains(where: { $0.database == database }) {
      throw GradusError(
        .invalidTree, "the full schema of version \(version) has no folder for the database '\(database)'",
        hint: "every logical database needs one of the same version")
    }
    return (version, files.filter { $0.applies(to: engine) })
  }
}

extension Plan {
  fileprivate mutating func add(_ action: PlanStep.Action, _ reason: String) {
    steps.append(PlanStep(action, reason))
  }
}

extension PlanStep {
  /// Whether a worker may serve although the main process has this yet to do.
  fileprivate var isToleratedByWorkers: Bool {
    switch action {
    case .purgeStale, .forgetWatermarks, .createBookkeeping: true
    default: false
    }
  }
}
