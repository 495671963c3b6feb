import Gradus
import GradusSQL

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
