import Gradus
import GradusSQL
import GradusUpdates

/// What `migrate` does, and `serve` at its start.
struct StartupMigration: Sendable {
  let context: CommandContext
  var role: ProcessRole = .main
  let options: DatabaseMigrator.Options

  /// Migrates the databases one after the other.
  ///
  /// - Throws: `GradusError`, `SQLError`.
  func run(report: @escaping @Sendable (MigrationEvent) -> Void) async throws -> [MigrationResult] {
    let migrators = context.databases.map { database in
      DatabaseMigrator(
        schema: context.schema, database: database, role: role, options: options,
        completer: context.foregroundRunner(), report: report)
    }
    // All databases are looked at before the first is changed.
    if options.retriedDeltas.isEmpty && options.deltasToMarkApplied.isEmpty {
      for (database, migrator) in zip(context.databases, migrators) {
        // A file that is not there is not made either, until it is known what to put into it.
        let session = try await SessionOpener.openForReading(database)
        try await migrator.checkScripts(of: migrator.plan(on: session), on: session)
      }
    }
    var results: [MigrationResult] = []
    for (database, migrator) in zip(context.databases, migrators) {
      let session = try await Session.open(database.driver)
      let start = ContinuousClock.now
      let plan = try await migrator.migrate(on: session)
      results.append(MigrationResult(database, plan, duration: .now - start))
    }
    return results
  }
}
