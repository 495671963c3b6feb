import Gradus
import GradusCatalog
import GradusSQL

/// Finds out what a version makes of the target, in a schema of its own that is removed again: what stands against a port
/// is to be known before anything is changed.
struct TrialSchema: Sendable {
  let definition: SchemaDefinition
  let target: PhysicalDatabase
  let completer: any ForegroundCompleter

  private static let name = "gradus_port_trial"

  func catalog(on session: Session) async throws -> Catalog {
    do {
      try await session.run { connection in
        try Self.drop(connection)
        try connection.execute("CREATE SCHEMA \(Self.name)")
      }
    } catch var error as SQLError where error.code == .permissionDenied {
      error.hint =
        "to find out what the target will hold, the role must be allowed to make a schema in the database"
      throw error
    }
    let result: Result<Catalog, any Error>
    do { result = .success(try await make()) } catch { result = .failure(error) }
    await session.settle(within: .seconds(60)) { try Self.drop($0) }
    return try result.get()
  }

  private func make() async throws -> Catalog {
    var database = target
    database.driver = SchemaDriver(base: target.driver, schema: Self.name)
    let session = try await Session.open(database.driver)
    try await TargetSchema(definition: definition, database: database, completer: completer).make(
      on: session, report: { _ in })
    return try await session.run { try CatalogReader.read($0) }
  }

  private static func drop(_ connection: Connection) throws {
    try connection.execute("DROP SCHEMA IF EXISTS \(name) CASCADE")
  }
}

/// Makes the schema of a version in an empty database, its updates completed.
struct TargetSchema: Sendable {
  let definition: SchemaDefinition
  let database: PhysicalDatabase
  let completer: any ForegroundCompleter

  /// - Parameter session: a session of the database, of which this process has the right to migrate it.
  func make(on session: Session, report: @escaping @Sendable (MigrationEvent) -> Void) async throws {
    let migrator = DatabaseMigrator(
      schema: definition, database: database, completer: completer, report: report)
    try await migrator.migrateHoldingLock(session)
    let queued = try await session.run { connection in
      try connection.query("SELECT update_name FROM background_updates ORDER BY ordering, update_name").map {
        try $0.text(0)
      }
    }
    let unknown = queued.filter { !completer.knows($0) }
    guard unknown.isEmpty else {
      throw GradusError(
        .updatesPending,
        "version \(definition.ledger.version) queues \(unknown.joined(separator: ", ")), and this program has no code for it",
        hint: "port with the application's own binary")
    }
    try await completer.complete(queued, of: database, on: session) { report(.update($0)) }
  }
}
