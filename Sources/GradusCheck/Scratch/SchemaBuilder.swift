package import Gradus
package import GradusCatalog
package import GradusSQL
package import GradusUpdates

/// Makes databases of an application's versions, as a start-up would, with every update complete.
package struct SchemaBuilder: Sendable {
  package let schema: SchemaDefinition
  package let registry: UpdateRegistry
  package let server: ScratchServer?
  /// What has been read and parsed for an earlier database need not be again.
  private let scripts = ScriptStore()

  /// - Parameters:
  ///   - schema: the schema, whatever version it acts as.
  ///   - registry: the updates that can be run.
  ///   - server: where scratch databases of PostgreSQL are made.
  package init(schema: SchemaDefinition, registry: UpdateRegistry, server: ScratchServer?) {
    self.schema = schema
    self.registry = registry
    self.server = server
  }

  /// Runs `body` with a new database of a version.
  ///
  /// - Parameters:
  ///   - version: the version.
  ///   - engine: the engine.
  ///   - databases: the logical databases to have, besides `common`; nil for all.
  /// - Throws: `GradusError` where the version cannot be made, or an update not be completed; what `body` throws.
  package func withDatabase<R: Sendable>(
    of version: Int, on engine: Engine, databases: Set<LogicalDatabase>? = nil,
    _ body: (Session) async throws -> R
  ) async throws -> R {
    try await withScratch(of: version, on: engine, databases: databases) { session, _ in
      try await body(session)
    }
  }

  /// - Parameter timeZone: the session's on PostgreSQL; nil for the server's.
  func withScratch<R: Sendable>(
    of version: Int, on engine: Engine, databases: Set<LogicalDatabase>? = nil, timeZone: String? = nil,
    _ body: (Session, PhysicalDatabase) async throws -> R
  ) async throws -> R {
    try await ScratchDatabase.with(engine, on: server) { scratch in
      let database = PhysicalDatabase(driver: scratch.driver, databases: databases)
      return try await body(try await build(version, database, timeZone), database)
    }
  }

  /// Runs `body` with a new database of a version and with a copy of it, which costs less than to make it twice.
  ///
  /// - Parameter timeZone: on PostgreSQL that of the first one's session; the other one has the server's.
  func withTwins<R: Sendable>(
    of version: Int, on engine: Engine, timeZone: String,
    _ body: (Session, PhysicalDatabase, _ other: Session, _ otherDatabase: PhysicalDatabase) async throws -> R
  ) async throws -> R {
    try await ScratchDatabase.with(engine, on: server) { scratch in
      let database = PhysicalDatabase(driver: scratch.driver)
      let session = try await build(version, database, timeZone)
      // A copy of SQLite's is one of the file alone, and another session may not have been closed yet.
      if engine == .sqlite {
        try await session.run { _ = try $0.query("PRAGMA wal_checkpoint(TRUNCATE)") }
      }
      // PostgreSQL copies none that somebody is connected to.
      await session.close()
      return try await ScratchDatabase.with(engine, on: server, copying: scratch) { copy in
        let other = PhysicalDatabase(driver: copy.driver)
        let session = try await open(database, timeZone)
        let otherSession = try await copy.isCopy ? open(other, nil) : build(version, other, nil)
        return try await body(session, database, otherSession, other)
      }
    }
  }

  /// The schema of a version.
  package func catalog(of version: Int, on engine: Engine) async throws -> Catalog {
    try await withDatabase(of: version, on: engine) { session in
      try await session.run { try CatalogReader.read($0) }
    }
  }

  /// All that a new database of a version has.
  func contents(of version: Int, on engine: Engine) async throws -> DatabaseContents {
    try await withDatabase(of: version, on: engine) { try await DatabaseContents(of: $0) }
  }

  private func build(
    _ version: Int, _ database: PhysicalDatabase, _ timeZone: String?
  ) async throws -> Session {
    let session = try await open(database, timeZone)
    try await migrate(database, to: version, on: session)
    try await completeAll(of: database, on: session)
    return session
  }

  private func open(_ database: PhysicalDatabase, _ timeZone: String?) async throws -> Session {
    let session = try await Session.open(database.driver)
    if let timeZone, session.engine == .postgres {
      try await session.run { _ = try $0.execute("SET TimeZone = \(SQLText.literal(timeZone))") }
    }
    return session
  }

  /// Migrates a scratch database as a start-up of a version would, which completes what has to be complete.
  func migrate(_ database: PhysicalDatabase, to version: Int, on session: Session) async throws {
    try await DatabaseMigrator(
      schema: try schema.acting(as: version), database: database, role: .main,
      options: DatabaseMigrator.Options(), completer: runner, scripts: scripts
    ) { _ in }.migrate(on: session)
  }

  /// Runs the first batch, of one row, of every queued update.
  func runFirstBatches(of database: PhysicalDatabase, on session: Session) async throws {
    let control = RunControl()
    let runner = UpdateRunner(
      session: session, database: database, registry: registry,
      options: UpdateOptions(
        batches: BatchOptions(pause: .zero, defaultBatchSize: 1, minBatchSize: 1, maxBatchSize: 1),
        health: .off),
      environment: UpdateRunner.Environment(control: control, logger: .silent)
    ) { event in
      if case .batch(let progress, _) = event { control.pause(progress.name) }
    }
    _ = try await runner.run()
  }

  /// Completes every queued update of a scratch database.
  ///
  /// - Returns: whether there were any.
  @discardableResult
  func completeAll(of database: PhysicalDatabase, on session: Session) async throws -> Bool {
    let queued = try await session.run { connection in
      try connection.query("SELECT update_name FROM background_updates").map { try $0.text(0) }
    }
    guard !queued.isEmpty else { return false }
    try await runner.complete(queued, of: database, on: session) { _ in }
    return true
  }

  private var runner: ForegroundRunner {
    // A scratch database is small.
    ForegroundRunner(registry: registry, environment: UpdateRunner.Environment(logger: .silent), workers: 1)
  }
}
