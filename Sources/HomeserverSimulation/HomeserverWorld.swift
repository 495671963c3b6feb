import Gradus
public import GradusSQL
public import GradusSimulation
import GradusTestSupport
import GradusUpdates
import HomeserverFixtures
import HomeserverSchema

/// A homeserver's database and the processes that work on it.
///
/// The promise: once a version that knows the derived tables has started, every row that exists in them is right,
/// whoever writes; and once the version that relies on them has, every row is there.
public actor HomeserverWorld: SimulatedWorld {
  private struct Process {
    let version: Int
    let session: Session
    let database: PhysicalDatabase
    let crash: CrashSwitch
  }

  private let place: TestDatabase
  private let blueprint: Blueprint
  private var processes: [Int: Process] = [:]
  /// Whether a version that knows the derived tables has started: from then on guards watch those that do not. Without
  /// guards, until one of these writes.
  private var isTrusted = false
  private var isComplete = false

  /// What all worlds of a simulation have in common.
  public struct Blueprint: Sendable {
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
    public init(_ engine: Engine, isGuarded: Bool = true, mutant: Mutant? = nil) async throws {
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
    public func remove() async { await original.remove() }
  }

  /// - Parameter blueprint: what it begins with.
  /// - Throws: `SQLError`.
  public init(_ blueprint: Blueprint) async throws {
    self.blueprint = blueprint
    place = try await TestDatabase.copy(blueprint.original)
  }

  /// Removes the database.
  public func remove() async {
    processes = [:]
    await place.remove()
  }

  /// Plays a step. One for a process that does not run does nothing, so that steps before it can be left out.
  public func play(_ step: HomeserverStep) async throws {
    switch step {
    case .start(let id, let version, let crash): try await start(id, version, crash)
    case .stop(let id): processes[id] = nil
    case .write(let id, let seed, let crash): try await write(id, seed, crash)
    case .batches(let id, let count, let size, let crash): try await runBatches(id, count, size, crash)
    }
    try await check()
  }

  /// Whatever happened, the version that relies on the tables can be started, and finds all of them complete.
  public func finish() async throws {
    processes = [:]
    try await start(0, 88, nil)
    guard isComplete else { throw BrokenPromise("version 88 did not start") }
    try await check()
    let needed = Set(blueprint.schema.ledger.gradualMigrations.flatMap(\.updates))
    let left = try await place.open().run { connection in
      try connection.query("SELECT update_name FROM background_updates").map { try $0.text(0) }
    }.filter(needed.contains)
    guard left.isEmpty else { throw BrokenPromise("updates are left: \(left)") }
  }

  private func start(_ id: Int, _ version: Int, _ crash: Int?) async throws {
    // Versions run side by side, but for those that this one shuts out: the fence waits for their end. Without guards
    // a fleet is stopped before another version starts.
    let admitted = version >= 86 ? try blueprint.schema.acting(as: version).ledger.compatVersion : 0
    processes = processes.filter { other in
      let isAdmitted = blueprint.isGuarded ? other.value.version >= admitted : other.value.version == version
      return isAdmitted && other.key != id
    }
    let death = CrashSwitch()
    if let crash { death.arm(at: crash) }
    var driver: any Driver = CrashingDriver(place.driver, death)
    if let mutant = blueprint.mutant { driver = MutantDriver(base: driver, mutant: mutant) }
    let database = PhysicalDatabase(driver: driver)
    let compat = try await compatVersion()
    do {
      let session = try await Session.open(driver)
      try await open(session, database, version)
      death.disarm()
      if version < compat, blueprint.mutant?.checksAdmission != false {
        throw BrokenPromise("version \(version) opened a database of compat version \(compat)")
      }
      processes[id] = Process(version: version, session: session, database: database, crash: death)
    } catch let error as GradusError where error.code == .databaseTooNew {
      guard version < compat else {
        throw BrokenPromise("version \(version) was refused at compat version \(compat): \(error)")
      }
      return
    } catch  where death.isDown {
      return
    }
    guard version >= 87 else { return }
    isTrusted = true
    isComplete = isComplete || version >= 88
    try await expectNothingToDo(version)
  }

  private func open(_ session: Session, _ database: PhysicalDatabase, _ version: Int) async throws {
    guard version >= 86 else {
      let state = try await session.run { try DatabaseStateReader(rules: []).read($0) }
      return try Admission.checkExisting(state, version: version)
    }
    if blueprint.mutant?.checksAdmission == false, try await compatVersion() > version { return }
    let foreground = ForegroundRunner(
      registry: registry, options: Self.options(50, .foreground), environment: Self.environment())
    _ = try await DatabaseMigrator(
      schema: blueprint.schema.acting(as: version), database: database,
      completer: blueprint.mutant?.ignoresCompletion == true ? HastyCompleter() : foreground
    ).migrate(on: session)
  }

  /// A start right after a start finds nothing to do: what has been purged and queued is not so for ever.
  private func expectNothingToDo(_ version: Int) async throws {
    let migrator = DatabaseMigrator(
      schema: try blueprint.schema.acting(as: version), database: PhysicalDatabase(driver: place.driver))
    let steps = try await migrator.plan(on: place.open()).steps
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
    } catch  where process.crash.isDown {
      processes[id] = nil
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
      processes[id] = nil
    }
    process.crash.disarm()
  }

  private func check() async throws {
    guard isTrusted else { return }
    let mode: DerivedRowsVerifier.Mode = isComplete ? .complete : .existingRowsAreRight
    let report = try await place.open().transaction(.read) { try DerivedRowsVerifier(mode).verify($0) }
    guard report.isRight else { throw BrokenPromise("\(report)") }
  }

  private func compatVersion() async throws -> Int {
    try await place.open().run {
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
