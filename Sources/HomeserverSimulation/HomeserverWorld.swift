import Gradus
package import GradusSQL
import GradusSimulation
import GradusTestSupport
import GradusUpdates
import HomeserverFixtures
import HomeserverSchema

/// A homeserver's database and the processes that work on it.
///
/// The promise: once a version that knows the derived tables has started, every row that exists in them is right,
/// whoever writes; and once the version that relies on them has, every row is there.
package actor HomeserverWorld: SimulatedWorld {
  private struct Process {
    let version: Int
    let session: Session
    let database: PhysicalDatabase
    let crash: CrashSwitch
    /// Nil where processes do not announce themselves.
    let presence: VersionPresence?
  }

  private let place: TestDatabase
  /// Who looks on, and never dies.
  private let observer: Session
  private let blueprint: Blueprint
  private var processes: [Int: Process] = [:]
  /// Of a defect: processes that are dead, and whose locks are still there.
  private var leftovers: [Process] = []
  /// Whether a version that knows the derived tables has started: from then on guards watch those that do not. Without
  /// guards, until one of these writes.
  private var isTrusted = false
  private var isComplete = false

  /// What all worlds of a simulation have in common.
  package struct Blueprint: Sendable {
    let original: TestDatabase
    let schema: SchemaDefinition
    let mutant: Mutant?
    let isGuarded: Bool

    /// Makes a database of version 86 with a few rooms, which each world gets a copy of.
    ///
    /// - Parameters:
    ///   - engine: the engine.
    ///   - isGuarded: whether guards watch older versions, so that these may run beside newer ones and change what has
    ///     no position. Without them the purge at a start has to find everything.
    ///   - mutant: a defect to build into all processes.
    /// - Throws: `GradusError`, `SQLError`.
    package init(_ engine: Engine, isGuarded: Bool = true, mutant: Mutant? = nil) async throws {
      self.mutant = mutant
      self.isGuarded = isGuarded
      let schema = try SchemaDefinition(
        root: Fixtures.packageRoot, knownUpdates: Set(HomeserverUpdates.handlers.map(\.name)))
      self.schema = isGuarded ? schema : schema.withoutGuards
      original = try await TestDatabase.make(engine)
      let session = try await original.open()
      _ = try await DatabaseMigrator(
        schema: schema.acting(as: 86), database: PhysicalDatabase(driver: original.driver)
      ).migrate(on: session)
      for seed in 0..<8 {
        try await session.transaction { connection in
          var traffic = HomeserverTraffic(.v86, seed: UInt64(seed), mayForget: isGuarded)
          try traffic.write(connection)
        }
      }
    }

    /// Removes the database.
    package func remove() async { await original.remove() }
  }

  /// - Parameter blueprint: what it begins with.
  /// - Throws: `SQLError`.
  package init(_ blueprint: Blueprint) async throws {
    self.blueprint = blueprint
    place = try await TestDatabase.copy(blueprint.original)
    observer = try await place.open()
  }

  /// Removes the database.
  package func remove() async {
    for id in processes.keys { await end(id) }
    for process in leftovers { await process.presence?.release() }
    await place.remove()
  }

  /// Plays a step. One for a process that does not run does nothing, so that steps before it can be left out.
  package func play(_ step: HomeserverStep) async throws {
    switch step {
    case .start(let id, let version, let crash): try await start(id, version, crash)
    case .stop(let id): await end(id)
    case .write(let id, let seed, let crash): try await write(id, seed, crash)
    case .batches(let id, let count, let size, let crash): try await runBatches(id, count, size, crash)
    }
    try await check()
  }

  /// Whatever happened, the version that relies on the tables can be started, and finds all of them complete.
  package func finish() async throws {
    for id in processes.keys { await end(id) }
    try await start(0, 88, nil)
    guard isComplete else { throw BrokenPromise("version 88 did not start") }
    try await check()
    let needed = Set(blueprint.schema.ledger.gradualMigrations.flatMap(\.updates))
    let left = try await observer.run { connection in
      try connection.query("SELECT update_name FROM background_updates").map { try $0.text(0) }
    }.filter(needed.contains)
    guard left.isEmpty else { throw BrokenPromise("updates are left: \(left)") }
  }

  /// A process ends, in order or not: what it holds goes with it.
  private func end(_ id: Int, isDead: Bool = false) async {
    guard let process = processes.removeValue(forKey: id) else { return }
    if isDead, blueprint.mutant?.keepsLocksOfTheDead == true {
      return leftovers.append(process)
    }
    await process.presence?.release()
  }

  private func start(_ id: Int, _ version: Int, _ crash: Int?) async throws {
    await end(id)
    // Without guards a fleet is stopped before another version starts.
    if !blueprint.isGuarded {
      for other in processes.filter({ $0.value.version != version }).keys { await end(other) }
    }
    let death = CrashSwitch()
    if let crash { death.arm(at: crash) }
    var driver: any Driver = CrashingDriver(place.driver, death)
    if let mutant = blueprint.mutant { driver = MutantDriver(base: driver, mutant: mutant) }
    let database = PhysicalDatabase(driver: driver)
    let compat = try await compatVersion()
    do {
      let session = try await Session.open(driver)
      try await openBehindTheFence(session, database, version)
      death.disarm()
      if version < compat, blueprint.mutant?.checksAdmission != false {
        throw BrokenPromise("version \(version) opened a database of compat version \(compat)")
      }
      processes[id] = Process(
        version: version, session: session, database: database, crash: death,
        presence: try await announce(version))
    } catch let error as GradusError where error.code == .databaseTooNew {
      guard version < compat else {
        throw BrokenPromise("version \(version) was refused at compat version \(compat): \(error)")
      }
      return
    } catch  where death.isDown {
      return
    }
    try checkNobodyIsShutOut(try await compatVersion())
    guard version >= 87 else { return }
    isTrusted = true
    isComplete = isComplete || version >= 88
    try await expectNothingToDo(version)
  }

  /// Versions run side by side, but for those that a start shuts out: the fence refuses it while they run. Then they are
  /// stopped, and it is started again.
  private func openBehindTheFence(_ session: Session, _ database: PhysicalDatabase, _ version: Int)
    async throws
  {
    do {
      try await open(session, database, version)
    } catch let error as GradusError where error.code == .versionsStillRunning {
      let admitted = try blueprint.schema.acting(as: version).ledger.compatVersion
      let older = processes.filter { $0.value.version < admitted }.keys
      guard !older.isEmpty else { throw BrokenPromise("the fence waits for the dead: \(error)") }
      for other in older { await end(other) }
      try await open(session, database, version)
    }
  }

  private func announce(_ version: Int) async throws -> VersionPresence? {
    guard blueprint.mutant?.announces != false else { return nil }
    return try await VersionPresence.announce(
      version: version, on: PhysicalDatabase(driver: place.driver), checkingEvery: nil)
  }

  private func checkNobodyIsShutOut(_ compat: Int) throws {
    guard blueprint.mutant?.checksAdmission != false else { return }
    for process in processes.values where process.version < compat {
      throw BrokenPromise("version \(process.version) still runs at compat version \(compat)")
    }
  }

  private func open(_ session: Session, _ database: PhysicalDatabase, _ version: Int) async throws {
    guard version >= 86 else {
      let state = try await session.run { try DatabaseStateReader(rules: []).read($0) }
      return try Admission.checkExisting(state, version: version)
    }
    if blueprint.mutant?.checksAdmission == false, try await compatVersion() > version { return }
    let foreground = ForegroundRunner(
      registry: registry, options: Self.options(50, .foreground), environment: Self.environment(),
      // One after the other, so that a seed tells the same story each time.
      workers: 1)
    _ = try await DatabaseMigrator(
      schema: blueprint.schema.acting(as: version), database: database,
      options: DatabaseMigrator.Options(fenceTimeout: .zero),
      completer: blueprint.mutant?.ignoresCompletion == true ? HastyCompleter() : foreground
    ).migrate(on: session)
  }

  /// A start right after a start finds nothing to do: what has been purged and queued is not so for ever.
  private func expectNothingToDo(_ version: Int) async throws {
    let migrator = DatabaseMigrator(
      schema: try blueprint.schema.acting(as: version), database: PhysicalDatabase(driver: place.driver))
    let steps = try await migrator.plan(on: observer).steps
    guard steps.isEmpty else { throw BrokenPromise("the next start would: \(steps)") }
  }

  private func write(_ id: Int, _ seed: UInt64, _ crash: Int?) async throws {
    guard let process = processes[id] else { return }
    if let crash { process.crash.arm(at: crash) }
    let version = HomeserverWriter.Version(rawValue: process.version) ?? .v86
    let isGuarded = blueprint.isGuarded
    do {
      try await process.session.transaction { connection in
        var traffic = HomeserverTraffic(version, seed: seed, mayForget: isGuarded || version != .v86)
        try traffic.write(connection)
      }
    } catch is HomeserverError {
      // What users may not do.
    } catch let error as SQLError where error.code == .foreignKeyViolation && process.version < 87 {
      // A version that knows nothing of derived rows cannot purge a room that has some, unless guards remove them.
      if isGuarded { throw BrokenPromise("\(error)") }
    } catch  where process.crash.isDown {
      await end(id, isDead: true)
    }
    process.crash.disarm()
    if process.version < 87, !isGuarded { isTrusted = false }
  }

  private func runBatches(_ id: Int, _ count: Int, _ size: Int, _ crash: Int?) async throws {
    guard let process = processes[id], process.version >= 87 else { return }
    if let crash { process.crash.arm(at: crash) }
    let environment = Self.environment()
    let batches = BatchCounter(limit: count, control: environment.control)
    let runner = UpdateRunner(
      session: process.session, database: process.database, registry: registry,
      options: Self.options(size, UpdateOptions(health: .off)), environment: environment,
      report: batches.report)
    do {
      let summary = try await runner.run()
      if let parked = summary.waiting.first(where: { !$0.value.hasPrefix("waits for") && !summary.isStopped })
      {
        throw BrokenPromise("an update does not run: \(parked.key): \(parked.value)")
      }
    } catch  where process.crash.isDown {
      await end(id, isDead: true)
    }
    process.crash.disarm()
  }

  private func check() async throws {
    guard isTrusted else { return }
    let mode: DerivedRowsVerifier.Mode = isComplete ? .complete : .existingRowsAreRight
    let report = try await observer.transaction(.read) { try DerivedRowsVerifier(mode).verify($0) }
    guard report.isRight else { throw BrokenPromise("\(report)") }
  }

  private func compatVersion() async throws -> Int {
    try await observer.run {
      try $0.queryRow("SELECT compat_version FROM schema_compat_version").map { Int(try $0.integer(0)) } ?? 0
    }
  }

  private var registry: UpdateRegistry {
    UpdateRegistry(
      handlers: HomeserverUpdates.handlers, declarations: blueprint.schema.tree.declarations.values)
  }

  private static func options(_ size: Int, _ options: UpdateOptions) -> UpdateOptions {
    var options = options
    options.batches = BatchOptions(pause: .zero, defaultBatchSize: size, maxBatchSize: size, attempts: 2)
    return options
  }

  private static func environment() -> UpdateRunner.Environment {
    UpdateRunner.Environment(logger: .silent)
  }
}
