package import Gradus
package import GradusCatalog
package import GradusSQL
package import GradusUpdates

/// Makes databases of an application's versions, as a start-up would, with every update complete.
package struct SchemaBuilder: Sendable {
  package let schema: SchemaDefinition
  package let registry: UpdateRegistry
  package let server: ScratchServer?

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
    try await ScratchDatabase.with(engine, on: server) { scratch in
      let session = try await build(version, databases, scratch)
      return try await body(session)
    }
  }

  /// The schema of a version.
  package func catalog(of version: Int, on engine: Engine) async throws -> Catalog {
    try await withDatabase(of: version, on: engine) { session in
      try await session.run { try CatalogReader.read($0) }
    }
  }

  private func build(_ version: Int, _ databases: Set<LogicalDatabase>?, _ scratch: ScratchDatabase)
    async throws -> Session
  {
    let database = PhysicalDatabase(driver: scratch.driver, databases: databases)
    let session = try await Session.open(scratch.driver)
    let runner = ForegroundRunner(
      registry: registry, environment: UpdateRunner.Environment(logger: .silent))
    try await DatabaseMigrator(
      schema: try schema.acting(as: version), database: database, completer: runner
    ).migrate(on: session)
    let queued = try await session.run { connection in
      try connection.query("SELECT update_name FROM background_updates").map { try $0.text(0) }
    }
    try await runner.complete(queued, of: database, on: session) { _ in }
    return session
  }
}
