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
  /// - Throws: `GradusError`: the database is too new, who does not migrate would have to, a delta was interrupted, or
  ///   the tree is incomplete.
  package func plan(_ state: DatabaseState, isAlone: Bool = false) throws -> Plan {
    var plan = Plan(
      target: ledger.version, targetCompat: ledger.compatVersion, version: state.version?.number,
      compatVersion: state.compatVersion, queuedUpdates: Set(state.queue.map(\.name)))
    plan.warnings =
      tree.unknownFiles.map { "\($0.path): neither SQL nor an updates file; ignored" }
      + tree.deltasAboveLedger.map {
        "\($0.path): the ledger has no version \($0.version) yet, and its deltas are passed over"
      } + passedOver(state)
    try refuse(state, isAlone: isAlone)
    if let version = state.version {
      try planExisting(version, state, &plan)
    } else {
      try planNew(state, &plan)
    }
    plan.warnings += queuedAgain(by: plan, state)
    if role != .main, let step = plan.steps.first(where: { !$0.isToleratedByWorkers }) {
      throw GradusError(
        .workerMayNotMigrate,
        "\(role == .worker ? "this worker" : "this process, which does not migrate,") expects schema version \(ledger.version), but the database \(state.version.map { "is at \($0.number)" } ?? "is new") and needs: \(step)",
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
    if let migration = droppedMigration(state) {
      throw GradusError(
        .invalidTree,
        "the ledger has no gradual migration '\(migration)' any more, and it is not complete here: its guards are still on the database",
        hint:
          "put it back into the ledger, until every database has completed it; where it was given up, with its name and 'starts' alone"
      )
    }
  }

  /// A gradual migration that an earlier version has begun and nobody has completed, and that the ledger does not know. Its
  /// triggers would take writes of this version, too, for those of an older one, and what fills its tables is never waited
  /// for. To a version that the database has passed it is merely a newer one's.
  private func droppedMigration(_ state: DatabaseState) -> String? {
    guard let version = state.version?.number, version <= ledger.version else { return nil }
    let known = state.completedMigrations.union(ledger.gradualMigrations.map(\.name))
    return state.guards.filter { $0.value.version < ledger.version && !known.contains($0.key) }.keys.min()
  }

  private func planNew(_ state: DatabaseState, _ plan: inout Plan) throws {
    let (version, files) = try fullSchema()
    if !state.hasBookkeeping { plan.add(.createBookkeeping(withQueue: false), "the database has none") }
    plan.add(
      .createSchema(version: version, files: files),
      (state.hasTables
        ? "the database has tables, but no record of a version, and is taken for a new one"
        : "the database is new") + "; \(version) is the newest complete full schema"
        + syncNote(ofFullSchema: version))
    plan.warnings += unfinished(newerThan: version)
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
    // Not those that the ledger announces for a later version: this one does not write them yet. Nor those of a migration that
    // is complete, of which nothing is remembered: a later one may derive into the same table.
    let open = migrations.filter { !state.completedMigrations.contains($0.name) }
    let own = Set(open.flatMap(\.staleness).map(\.table))
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
        if completesUpdates(file, plan) { purgeOnce(open, state, &plan) }
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
    // Guards first: what an older version writes while the purge runs, or just after it, nobody would look for before the
    // next start.
    let rest = migrations.filter { open.contains($0) || state.completedMigrations.contains($0.name) }
    plan.steps += guardSteps(
      for: rest, open: open, followsDeltas: plan.steps.contains(where: \.appliesDelta), state)
    for migration in open { purge(migration, state, &plan) }
  }

  /// Whether a delta has updates completed before it is applied.
  private func completesUpdates(_ file: SchemaFile, _ plan: Plan) -> Bool {
    guard file.kind == .updates else { return false }
    let delta = UpdatesDelta(file: file, declarations: tree.declarations(in: file, for: engine))
    return delta.awaitedUpdates(on: engine).contains { plan.mayHaveQueued($0, before: plan.steps.count) }
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
    guard !due.isEmpty else { return }
    open.removeAll { due.contains($0) }
    for migration in due where !isNew {
      // Of the deltas only those before this could still add what a rule names; after it nobody looks any more.
      if !plan.steps.contains(where: \.appliesDelta) { try refuseUnreadableRules(of: migration, state) }
      purge(migration, state, isLast: true, &plan)
    }
    // What the updates of one migration depend on may be another's.
    purgeOnce(open, state, &plan)
    for migration in due {
      plan.add(
        .completeUpdates(migration.neededUpdates, migration: migration.name),
        "version \(migration.completes!) reads what they fill without a fallback")
      plan.steps += guardSteps(for: [migration], open: [], state)
      plan.add(
        .certify(migration: migration.name),
        "no version before \(migration.starts) can open the database any more")
    }
  }

  /// Purges what stays incomplete before updates are completed, unless the plan has done so. A row that one of them fills has a
  /// newer position than those that an older version has left behind in its table, and would hide them.
  private func purgeOnce(_ open: [GradualMigration], _ state: DatabaseState, _ plan: inout Plan) {
    for migration in open where !plan.purges(migration) { purge(migration, state, &plan) }
  }

  /// - Parameter isLast: whether the migration is completed with this plan.
  private func purge(
    _ migration: GradualMigration, _ state: DatabaseState, isLast: Bool = false, _ plan: inout Plan
  ) {
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
      } else if rule.whenEmpty == nil, staleness.trustedPosition == nil, staleness.source != nil,
        !willFill(rule, state, isLast: isLast)
      {
        plan.add(
          .purgeStale(rule),
          "it is empty, but \(rule.source.table) is not, and what fills it may not have seen rows of an older version"
        )
      } else if state.abandonedUpdates.contains(rule.requeue.update) {
        plan.add(
          .purgeStale(rule),
          "\(rule.requeue.update) was taken off the queue beside what guards had left for it")
      }
    }
  }

  /// Whether the update that fills a table is about to begin, and then sees all that is there. One that has been given keys is
  /// not told of those that have come since: they are found once there are derived rows, by the next start, if there is one.
  private func willFill(_ rule: StalenessRule, _ state: DatabaseState, isLast: Bool) -> Bool {
    isUntouched(rule.requeue.update(from: .min), state) && !(isLast && rule.requeue.into != nil)
  }

  /// The purges of what has become stale since a plan was made, once that is done, of migrations that stay incomplete.
  func latePurges(_ state: DatabaseState) -> [PlanStep] {
    let open = migrations.filter { !state.completedMigrations.contains($0.name) }
    return open.flatMap(\.staleness).filter { state.staleness[$0.table]?.isStale ?? false }.map { rule in
      PlanStep(.purgeStale(rule), "\(rule.source.table) has moved without it since the plan was made")
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
}

extension Plan {
  fileprivate mutating func add(_ action: PlanStep.Action, _ reason: String) {
    steps.append(PlanStep(action, reason))
  }

  /// Whether rows of a migration's tables are purged by then.
  fileprivate func purges(_ migration: GradualMigration) -> Bool {
    steps.contains { (step: PlanStep) -> Bool in
      if case .purgeStale(let rule) = step.action { migration.staleness.contains(rule) } else { false }
    }
  }
}

extension PlanStep {
  /// Whether a worker may serve although this is yet to be done. Who serves without migrating does it.
  fileprivate var isToleratedByWorkers: Bool {
    switch action {
    case .purgeStale, .forgetWatermarks, .createBookkeeping: true
    default: false
    }
  }
}
