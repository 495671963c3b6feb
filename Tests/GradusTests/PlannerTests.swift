import GradusSQL
import Testing

@testable import Gradus

/// The planner decides from values alone, so each rule of gradual migration is a small table of cases here.
@Suite struct PlannerTests {
  static let rule = StalenessRule(
    table: "derived", key: ["id"], position: "at",
    source: .init(table: "source", key: ["id"], position: "at"),
    requeue: .init(into: "queue", update: "fill"),
    whenEmpty: .init(
      table: "source",
      queue: [QueuedUpdate(name: "prefill"), QueuedUpdate(name: "fill", dependsOn: "prefill")]))

  static let ledger = Ledger(
    version: 3, compatVersion: 2,
    versions: [1: .init(compatVersion: 0), 2: .init(compatVersion: 1), 3: .init(compatVersion: 2)],
    gradualMigrations: [
      GradualMigration(name: "m", starts: 2, completes: 3, updates: ["prefill", "fill"], staleness: [rule])
    ])

  static func file(_ version: Int, _ name: String, _ database: LogicalDatabase = .main) -> SchemaFile {
    SchemaFile(database: database, version: version, name: name, url: nil)
  }

  static let tree = SchemaTree(
    deltas: [2: [file(2, "01_tables.sql")], 3: [file(3, "01_reads.sql"), file(3, "02_only.sql.postgres")]],
    fullSchemas: [1: [file(1, "01_all.sql"), file(1, "02_state.sql", .state)]])

  private func planner(_ version: Int = 3, _ role: ProcessRole = .main, tree: SchemaTree = tree) throws
    -> Planner
  {
    Planner(ledger: try Self.ledger.acting(as: version), tree: tree, engine: .sqlite, role: role)
  }

  private func steps(_ version: Int, _ state: DatabaseState) throws -> [String] {
    try planner(version).plan(state).steps.map { step in
      switch step.action {
      case .createBookkeeping(let withQueue): "bookkeeping\(withQueue ? " and queue" : "")"
      case .createSchema(let version, let files): "create \(version) of \(files.count)"
      case .raiseCompat(let from, let to): "compat \(from.map(String.init) ?? "-") \(to)"
      case .recordVersion(let version): "version \(version)"
      case .applyDelta(let file): file.recordedName
      case .purgeStale(let rule): "purge \(rule.table)"
      case .forgetWatermarks(let tables): "distrust \(tables.joined(separator: ","))"
      case .installGuards(let migration): "guards \(migration.name)"
      case .removeGuards(let name): "no guards \(name)"
      case .completeUpdates(let names, _): "complete \(names.joined(separator: ","))"
      case .certify(let name): "certify \(name)"
      }
    }
  }

  private func state(
    _ version: Int, compat: Int?, upgraded: Bool = true, applied: Set<String> = [], queue: [String] = [],
    certified: Set<String> = [], staleness: DatabaseState.Staleness? = nil
  ) -> DatabaseState {
    DatabaseState(
      version: .init(version, isUpgraded: upgraded), compatVersion: compat, appliedDeltas: applied,
      queue: queue.map { QueuedUpdate(name: $0) }, completedMigrations: certified,
      staleness: staleness.map { ["derived": $0] } ?? [:])
  }

  private static let fresh = DatabaseState.Staleness(
    derived: 9, watermark: 9, source: 9, hasRowsToDerive: true)
  private static let stale = DatabaseState.Staleness(
    derived: 7, watermark: nil, source: 9, hasRowsToDerive: true)

  @Test func newDatabaseAtTheFullSchemasVersion() throws {
    #expect(try steps(1, .empty) == ["bookkeeping", "create 1 of 2", "compat - 0"])
  }

  /// It may be one that other means have made, which is not to be taken for a new one.
  @Test func aDatabaseWithTablesAndNoVersion() throws {
    let state = DatabaseState(hasBookkeeping: false, hasTables: true)
    let step = try #require(try planner(1).plan(state).steps.first { $0.kind == "create_schema" })
    #expect(step.reason.contains("has tables, but no record of a version"))
    let new = try #require(try planner(1).plan(.empty).steps.first { $0.kind == "create_schema" })
    #expect(new.reason.hasPrefix("the database is new;"))
  }

  @Test func newDatabaseGoesOnFromTheFullSchema() throws {
    #expect(
      try steps(3, .empty) == [
        "bookkeeping", "create 1 of 2", "compat - 2", "version 2", "2/01_tables.sql", "complete prefill,fill",
        "certify m",
        "version 3", "3/01_reads.sql",
      ])
  }

  @Test func nToNPlusOne() throws {
    #expect(
      try steps(2, state(1, compat: 0, upgraded: false)) == ["compat 0 1", "version 2", "2/01_tables.sql"])
  }

  @Test func upToDateNeedsNothing() throws {
    #expect(try steps(2, state(2, compat: 1, applied: ["2/01_tables.sql"], staleness: Self.fresh)) == [])
    #expect(
      try steps(3, state(3, compat: 2, applied: ["3/01_reads.sql"], certified: ["m"], staleness: Self.fresh))
        == [])
  }

  @Test func nPlusOnePurgesAtEveryStart() throws {
    #expect(
      try steps(2, state(2, compat: 1, applied: ["2/01_tables.sql"], staleness: Self.stale)) == [
        "purge derived"
      ])
  }

  @Test func nPlusTwoPurgesAndCompletesBeforeItsDeltas() throws {
    #expect(
      try steps(3, state(2, compat: 1, applied: ["2/01_tables.sql"], queue: ["fill"], staleness: Self.stale))
        == [
          "compat 1 2", "purge derived", "complete prefill,fill", "certify m", "version 3", "3/01_reads.sql",
        ])
  }

  @Test func straightFromNToNPlusTwo() throws {
    #expect(
      try steps(3, state(1, compat: 0)) == [
        "compat 0 2", "version 2", "2/01_tables.sql", "complete prefill,fill", "certify m", "version 3",
        "3/01_reads.sql",
      ])
  }

  /// The compat version was raised, and then the process died: an older version may have written before.
  @Test func aCrashAfterRaisingCompatStillPurges() throws {
    #expect(
      try steps(3, state(2, compat: 2, applied: ["2/01_tables.sql"], staleness: Self.stale)) == [
        "purge derived", "complete prefill,fill", "certify m", "version 3", "3/01_reads.sql",
      ])
  }

  @Test func aCrashAfterRecordingTheVersionStillAppliesItsDeltas() throws {
    #expect(try steps(2, state(2, compat: 1, staleness: nil)) == ["2/01_tables.sql"])
  }

  @Test func anAdmittedOlderVersionChangesNothing() throws {
    #expect(try steps(2, state(3, compat: 2, certified: ["m"], staleness: Self.stale)) == [])
    #expect(try steps(1, state(2, compat: 1)) == [])
  }

  @Test func anOlderVersionStillPurgesWhatItWrites() throws {
    #expect(try steps(2, state(9, compat: 1, staleness: Self.stale)) == ["purge derived"])
  }

  /// A database that is past the completing version, but was never certified: its tables are completed all the same.
  @Test func completesWhereTheVersionIsPastAlready() throws {
    #expect(
      try steps(3, state(9, compat: 1, staleness: Self.fresh)) == [
        "compat 1 2", "complete prefill,fill", "certify m",
      ])
  }

  @Test func aTooOldVersionIsRefused() throws {
    let error = try #require(throws: GradusError.self) { try steps(1, state(3, compat: 2)) }
    #expect(error.code == .databaseTooNew)
    #expect(error.description.contains("schema version 2 or later"))
  }

  @Test func deltasAddedToAReachedVersionRun() throws {
    var tree = Self.tree
    tree.deltas[3]?.append(Self.file(3, "03_later.sql"))
    let plan = try planner(3, tree: tree).plan(
      state(3, compat: 2, applied: ["3/01_reads.sql"], certified: ["m"]))
    #expect(plan.steps.map(\.description) == ["apply 3/03_later.sql"])
  }

  @Test func aFullSchemasOwnVersionIsNotVisitedAgain() throws {
    var tree = Self.tree
    tree.deltas[1] = [Self.file(1, "01_later.sql")]
    #expect(try planner(1, tree: tree).plan(state(1, compat: 0, upgraded: false)).isEmpty)
  }

  @Test func emptyDerivedTablesAreFilledFromTheBeginning() throws {
    let empty = DatabaseState.Staleness(derived: nil, watermark: nil, source: 9, hasRowsToDerive: true)
    let applied: Set = ["2/01_tables.sql"]
    #expect(try steps(2, state(2, compat: 1, applied: applied, staleness: empty)) == ["purge derived"])
    #expect(
      try steps(2, state(2, compat: 1, applied: applied, queue: ["prefill", "fill"], staleness: empty)) == [])
    // What is queued has passed rows, perhaps such as an older version has added since.
    #expect(
      try steps(2, state(2, compat: 1, applied: applied, queue: ["fill"], staleness: empty)) == [
        "purge derived"
      ])
    var begun = state(2, compat: 1, applied: applied, queue: ["prefill", "fill"], staleness: empty)
    begun.queue[0].progress = #"{"last":7}"#
    #expect(try steps(2, begun) == ["purge derived"])
    // That is done once: from then on positions tell.
    begun.staleness["derived"]?.watermark = 9
    #expect(try steps(2, begun) == [])
    begun.staleness["derived"]?.source = 10
    #expect(try steps(2, begun) == ["purge derived"])
    var nothing = empty
    nothing.hasRowsToDerive = false
    #expect(try steps(2, state(2, compat: 1, applied: applied, staleness: nothing)) == [])
  }

  /// What was complete while the source was empty has seen nothing of what an older version has written since.
  @Test(arguments: ["queue", nil] as [String?])
  func emptyDerivedTablesAreFilledWhereTheLedgerDoesNotSayHow(queue: String?) throws {
    var (ledger, rule) = (Self.ledger, Self.rule)
    (rule.whenEmpty, rule.requeue.into) = (nil, queue)
    ledger.gradualMigrations[0].staleness = [rule]
    func steps(_ version: Int, _ state: DatabaseState) throws -> [String] {
      try Planner(ledger: ledger.acting(as: version), tree: Self.tree, engine: .sqlite).plan(state).steps
        .map(\.kind)
    }
    let applied: Set = ["2/01_tables.sql"]
    let empty = DatabaseState.Staleness(derived: nil, watermark: nil, source: 9, hasRowsToDerive: false)
    var complete = state(2, compat: 1, applied: applied, staleness: empty)
    #expect(try steps(2, complete) == ["purge_stale"])
    let untouched = state(2, compat: 1, applied: applied, queue: ["fill"], staleness: empty)
    #expect(try steps(2, untouched) == [])
    // Keys that came after those that it was given are not among them.
    #expect(try steps(3, untouched).contains("purge_stale") == (queue != nil))
    var begun = untouched
    begun.queue[0].progress = #"{"last":7}"#
    #expect(try steps(2, begun) == ["purge_stale"])
    // That is done once: from then on positions tell.
    complete.staleness["derived"]?.watermark = 9
    #expect(try steps(2, complete) == [])
    complete.staleness["derived"] = .init(derived: nil, watermark: nil, source: nil, hasRowsToDerive: false)
    #expect(try steps(2, complete) == [])
  }

  /// The newest source row may belong to a key that never gets a derived row.
  @Test func theWatermarkEndsTheRequeueing() throws {
    var seen = Self.stale
    seen.watermark = 9
    #expect(try steps(2, state(2, compat: 1, applied: ["2/01_tables.sql"], staleness: seen)) == [])
    seen.source = 10
    #expect(
      try steps(2, state(2, compat: 1, applied: ["2/01_tables.sql"], staleness: seen)) == ["purge derived"])
  }

  /// An older version may remove source rows, or put older ones in their place, and no position tells.
  @Test func rowsAreLookedAtWhereNobodyHas() throws {
    var unseen = Self.fresh
    unseen.watermark = nil
    let applied: Set = ["2/01_tables.sql"]
    #expect(try steps(2, state(2, compat: 1, applied: applied, staleness: unseen)) == ["purge derived"])
    #expect(
      try steps(3, state(3, compat: 2, applied: ["3/01_reads.sql"], certified: ["m"], staleness: unseen))
        == [])
  }

  @Test func anOlderVersionDistrustsWhatItDoesNotKeep() throws {
    var database = state(2, compat: 1, staleness: Self.fresh)
    database.watermarkedTables = ["derived"]
    #expect(try steps(1, database) == ["distrust derived"])
    #expect(try planner(1, .worker).plan(database).isEmpty)
    database.watermarkedTables = []
    #expect(try steps(1, database) == [])
    // Version 2 keeps this one itself, and does not know the other.
    database = state(9, compat: 1, staleness: Self.fresh)
    database.watermarkedTables = ["derived", "of_version_9"]
    #expect(try steps(2, database) == ["distrust of_version_9"])
  }

  /// A ledger may announce what a later version begins.
  @Test func anOlderVersionDistrustsWhatItsLedgerOnlyAnnounces() throws {
    var database = state(2, compat: 1, staleness: Self.fresh)
    database.watermarkedTables = ["derived"]
    let ledger = Ledger(version: 1, compatVersion: 0, gradualMigrations: Self.ledger.gradualMigrations)
    let plan = try Planner(ledger: ledger, tree: Self.tree, engine: .sqlite).plan(database)
    #expect(plan.steps.map(\.kind) == ["forget_watermarks"])
  }

  @Test func workersCheckOnly() throws {
    let worker = try planner(2, .worker)
    for pending in [
      .empty, state(1, compat: 0), state(2, compat: 1), state(2, compat: nil, applied: ["2/01_tables.sql"]),
    ] {
      let error = try #require(throws: GradusError.self) { try worker.plan(pending) }
      #expect(error.code == .workerMayNotMigrate)
    }
    #expect(try worker.plan(state(2, compat: 1, applied: ["2/01_tables.sql"], staleness: Self.stale)).isEmpty)
  }

  @Test func refusesTwoDeltasOfOneName() throws {
    var tree = Self.tree
    tree.deltas[2]?.append(Self.file(2, "01_tables.sql", .state))
    let error = try #require(throws: GradusError.self) {
      try planner(2, tree: tree).plan(state(1, compat: 0))
    }
    #expect(error.message.contains("two deltas of version 2 are named '01_tables.sql'"))
  }

  @Test func refusesAMissingFullSchema() throws {
    var tree = Self.tree
    tree.fullSchemas = [9: [Self.file(9, "01_all.sql")]]
    #expect(throws: GradusError.self) { try planner(3, tree: tree).plan(.empty) }
    tree.fullSchemas = [0: [Self.file(0, "01_state.sql", .state)], 1: [Self.file(1, "01_all.sql")]]
    let error = try #require(throws: GradusError.self) { try planner(3, tree: tree).plan(.empty) }
    #expect(error.message.contains("no folder for the database 'state'"))
  }

  /// Files are written one after the other: the other engine's come later, or not at all where a process is killed.
  @Test func aFullSchemaThatIsNotAllThereYetIsNotTaken() throws {
    var tree = Self.tree
    func created(_ engine: Engine, _ databases: Set<LogicalDatabase>? = nil) throws -> String? {
      let planner = Planner(ledger: Self.ledger, tree: tree, engine: engine, databases: databases)
      return try planner.plan(.empty).steps.compactMap { step -> String? in
        guard case .createSchema(let version, let files) = step.action else { return nil }
        return "\(version) of \(files.count)"
      }.first
    }
    tree.fullSchemas[3] = [Self.file(3, "full.sql.sqlite"), Self.file(3, "full.sql.sqlite", .state)]
    #expect(try created(.sqlite) == "3 of 2")
    for databases in [nil, [], [.main]] as [Set<LogicalDatabase>?] {
      let expected = databases.map { "1 of \($0.count)" } ?? "1 of 2"
      #expect(try created(.postgres, databases) == expected)
    }
    tree.fullSchemas[3]?.append(Self.file(3, "full.sql.postgres"))
    #expect(try created(.postgres) == "1 of 2")
    tree.fullSchemas[3]?.append(Self.file(3, "full.sql.postgres", .state))
    #expect(try created(.postgres) == "3 of 2")
  }

  /// What is common to all databases is missed where an older full schema has it; where none has, it may have begun later.
  @Test func aFullSchemaWithoutWhatIsCommonIsNotTaken() throws {
    var tree = Self.tree
    func plan() throws -> Plan {
      try Planner(ledger: Self.ledger, tree: tree, engine: .sqlite).plan(.empty)
    }
    func created(_ plan: Plan) -> [Int] {
      plan.steps.compactMap { step in
        if case .createSchema(let version, _) = step.action { version } else { nil }
      }
    }
    tree.fullSchemas[3] = [Self.file(3, "full.sql.sqlite"), Self.file(3, "full.sql.sqlite", .state)]
    #expect(created(try plan()) == [3])
    tree.fullSchemas[1]?.append(Self.file(1, "00_common.sql", .common))
    let passed = try plan()
    #expect(created(passed) == [1])
    #expect(passed.warnings.contains { $0.hasSuffix("it has no file for the database 'common' on SQLite") })
    tree.fullSchemas[3]?.append(Self.file(3, "full.sql.sqlite", .common))
    #expect(created(try plan()) == [3])
    tree.fullSchemas[1]?.removeLast()
    #expect(created(try plan()) == [3])
    #expect(try plan().warnings == [])
  }

  /// Nobody would see otherwise that new databases do not begin with it.
  @Test func aFullSchemaThatIsPassedOverIsWarnedOf() throws {
    var tree = Self.tree
    tree.fullSchemas[3] = [Self.file(3, "full.sql.sqlite")]
    func warnings(_ engine: Engine) throws -> [String] {
      try Planner(ledger: Self.ledger, tree: tree, engine: engine).plan(.empty).warnings
    }
    let expected =
      "the full schema of version 3 is passed over: it has no file for the database 'state' on SQLite"
    #expect(try warnings(.sqlite) == [expected])
    // That one is SQLite's.
    #expect(try warnings(.postgres) == [])
  }

  /// Where there is none that is complete, a database would lack all tables of one.
  @Test func refusesAFullSchemaWithoutFilesForTheEngine() throws {
    var tree = Self.tree
    tree.fullSchemas = [
      0: [Self.file(0, "full.sql.sqlite", .state)],
      1: [Self.file(1, "full.sql.sqlite"), Self.file(1, "full.sql.postgres", .state)],
    ]
    let error = try #require(throws: GradusError.self) { try planner(3, tree: tree).plan(.empty) }
    #expect(error.message.hasSuffix("no folder for the database 'state' with files for SQLite"))
  }

  @Test func refusesCodeThatNobodyRegistered() throws {
    var tree = Self.tree
    tree.deltas[2]?.append(Self.file(2, "02_code.swift"))
    let error = try #require(throws: GradusError.self) {
      try planner(2, tree: tree).plan(state(1, compat: 0))
    }
    #expect(error.message.contains("nothing is registered under its name"))
    #expect(
      try planner(2, tree: tree).plan(state(2, compat: 1, applied: ["2/01_tables.sql", "2/02_code.swift"]))
        .isEmpty)
  }

  @Test func explainsAnInterruptedDelta() throws {
    var interrupted = state(2, compat: 1)
    interrupted.attempts = [.init(file: "2/01_tables.sql", startedAt: 0, startedBy: "gradus pid 1 on a")]
    let error = try #require(throws: GradusError.self) { try planner(2).plan(interrupted, isAlone: true) }
    #expect(error.code == .interruptedDelta)
    #expect(error.description.contains("did not get to its record"))
    #expect(error.description.contains("--retry-delta 2/01_tables.sql"))
    // Another process may be running it.
    let unsure = try #require(throws: GradusError.self) { try planner(2).plan(interrupted) }
    #expect(unsure.code == .interruptedDelta)
    #expect(unsure.description.contains("it is running, or was interrupted"))
    #expect(unsure.description.contains("'migrate' waits for it"))
    #expect(unsure.description.contains("--retry-delta 2/01_tables.sql"))
  }

  /// A delta of the plan may add what a rule names; later, nobody would ever find a row stale.
  @Test func aRuleThatCannotBeReadIsRefused() throws {
    func state(_ version: Int, certified: Set<String> = []) -> DatabaseState {
      let applied: Set<String> = version == 1 ? [] : ["2/01_tables.sql"]
      var state = self.state(version, compat: 1, applied: applied, certified: certified)
      state.unreadableRules = ["derived": "no such column: at"]
      return state
    }
    #expect(try steps(2, state(1)).contains("version 2"))
    // Those that come after the completion come too late.
    #expect(try planner(3).plan(state(1)).steps.contains(where: \.appliesDelta))
    #expect(throws: GradusError.self) { try planner(3).plan(state(2)) }
    let error = try #require(throws: GradusError.self) { try planner(2).plan(state(2)) }
    #expect(error.code == .invalidTree)
    #expect(error.message.contains("'derived' ('m') cannot be read: no such column: at"))
    #expect(try planner(2).plan(state(2, certified: ["m"])).isEmpty)
  }

  /// On a server of its own, the state database has none of the main one's tables to purge or complete.
  @Test func aMigrationConcernsItsOwnDatabaseOnly() throws {
    let planner = Planner(
      ledger: Self.ledger, tree: SchemaTree(), engine: .postgres, databases: [.state])
    #expect(planner.migrations.isEmpty)
    let steps = try planner.plan(state(2, compat: 1)).steps
    #expect(steps.map(\.kind) == ["raise_compat", "record_version"])
  }

  @Test func guardsAreThereWhileOlderVersionsMayWrite() throws {
    var ledger = Self.ledger
    ledger.gradualMigrations[0].staleness[0].guards = [StalenessGuard(table: "source", key: ["id"])]
    let checksum = GuardInstaller.checksum(of: ledger.gradualMigrations[0], on: .sqlite)
    func kinds(_ version: Int, _ state: DatabaseState) throws -> [String] {
      try Planner(ledger: try ledger.acting(as: version), tree: Self.tree, engine: .sqlite).plan(state).steps
        .map(\.kind)
    }
    var guarded = state(2, compat: 1, applied: ["2/01_tables.sql"])
    #expect(try kinds(2, guarded) == ["install_guards"])
    guarded.guards["m"] = checksum
    #expect(try kinds(2, guarded) == [])
    #expect(try kinds(1, guarded) == [])
    #expect(
      try kinds(3, guarded) == [
        "raise_compat", "complete_updates", "remove_guards", "certify", "record_version", "apply_delta",
      ])
    guarded.lostGuards["m"] = ["source"]
    #expect(try kinds(2, guarded) == ["install_guards"])
    #expect(try kinds(1, guarded) == [])
    let worker = Planner(ledger: try ledger.acting(as: 2), tree: Self.tree, engine: .sqlite, role: .worker)
    #expect(try worker.plan(guarded).isEmpty)
    guarded.lostGuards = [:]
    guarded.appliedDeltas = []
    #expect(try kinds(2, guarded) == ["apply_delta", "install_guards"])
    guarded.appliedDeltas = ["2/01_tables.sql"]
    guarded.guards["m"] = "other"
    #expect(try kinds(2, guarded) == ["install_guards"])
    // Nobody older may open it any more: version 3 removes them, once it has completed the migration.
    guarded.compatVersion = 2
    #expect(try kinds(2, guarded) == [])
    #expect(try kinds(1, .empty) == ["create_bookkeeping", "create_schema", "raise_compat"])
    #expect(try !kinds(3, state(1, compat: 0)).contains("install_guards"))
    ledger.gradualMigrations[0].completes = nil
    #expect(try kinds(3, guarded) == ["record_version", "apply_delta", "remove_guards"])
  }

  /// Releases that run side by side do not undo what the others have made at each of their starts.
  @Test(arguments: [true, false])
  func guardsOfAnotherReleaseStay(hasOwn: Bool) throws {
    var ledger = Self.ledger
    let own = StalenessGuard(table: "source", key: ["id"])
    ledger.gradualMigrations[0].staleness[0].guards = hasOwn ? [own] : []
    func kinds(_ database: DatabaseState, _ role: ProcessRole = .main) throws -> [String] {
      try Planner(ledger: ledger.acting(as: 2), tree: Self.tree, engine: .sqlite, role: role).plan(database)
        .steps.map(\.kind)
    }
    var database = state(2, compat: 1, applied: ["2/01_tables.sql"])
    database.guards["m"] = "of another release"
    #expect(try kinds(database) == [hasOwn ? "install_guards" : "remove_guards"])
    // An admitted version's workers may be started at any time.
    #expect(try kinds(database, .worker) == [])
    // The newer version's ledger knows more.
    database.version?.number = 3
    #expect(try kinds(database) == [])
    #expect(try kinds(database, .worker) == [])
    // What nobody has made yet is missing all the same.
    database.guards = [:]
    #expect(try kinds(database) == (hasOwn ? ["install_guards"] : []))
  }

  @Test func aMigrationThatTheLedgerHasDroppedIsRefused() throws {
    var database = state(2, compat: 1, applied: ["2/01_tables.sql"])
    database.guards["gone"] = "x"
    database.guardVersions["gone"] = 2
    let error = try #require(throws: GradusError.self) { try steps(3, database) }
    #expect(error.code == .invalidTree)
    #expect(error.message.contains("no gradual migration 'gone' any more"))
    // To another release of that version, and to older ones, it may be one that is to come.
    #expect(try steps(2, database) == [])
    #expect(try steps(1, database) == [])
    database.completedMigrations = ["gone"]
    #expect(try steps(3, database).contains("certify m"))
  }

  /// `common` is a part of each physical database.
  @Test(arguments: [(LogicalDatabase.common, true), (.state, true), (.main, false)])
  func aMigrationOfADatabaseThatIsHere(database: LogicalDatabase, isPlanned: Bool) throws {
    var ledger = Self.ledger
    ledger.gradualMigrations[0].database = database
    let planner = Planner(ledger: ledger, tree: Self.tree, engine: .sqlite, databases: [.state])
    let kinds = try planner.plan(state(2, compat: 1)).steps.map(\.kind)
    #expect(kinds.contains("certify") == isPlanned, "\(kinds)")
  }

  @Test func bookkeepingIsCompleted() throws {
    var other = state(2, compat: 1, applied: ["2/01_tables.sql"])
    other.hasBookkeeping = false
    #expect(try steps(2, other) == ["bookkeeping and queue"])
  }

  @Test(arguments: [(1, 3, true), (2, 3, false), (3, 3, false), (1, 1, false)])
  func aDatabaseFromBeforeASquashIsRefused(version: Int, target: Int, isRefused: Bool) throws {
    var planner = try planner(target)
    planner.ledger.upgradesFrom = 2
    let state = DatabaseState(version: .init(version, isUpgraded: true), compatVersion: 0)
    guard isRefused else {
      #expect(throws: Never.self) { _ = try planner.plan(state) }
      return
    }
    let error = try #require(throws: GradusError.self) { _ = try planner.plan(state) }
    #expect(error.code == .databaseTooOld)
    #expect(error.hint?.contains("a release of schema version 2") == true)
  }
}
