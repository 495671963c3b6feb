import Foundation
import Gradus
import GradusPostgres
import GradusSQL
import GradusSQLite
import GradusService
import GradusUpdates
import Logging
import ServiceLifecycle

let logger = Logger(label: "shop")
guard CommandLine.arguments.count == 3 else {
  logger.critical("usage: example-plain SCHEMA-FOLDER DATABASE")
  exit(64)
}

/// The application's own work.
struct Shop: Service {
  func run() async throws {
    logger.info("the shop is open")
    try await gracefulShutdown()
  }
}

do {
  // What this release expects, and where its database is.
  let schema = try SchemaDefinition(root: URL(filePath: CommandLine.arguments[1]))
  let driver: any Driver =
    switch try DatabaseLocation(parsing: CommandLine.arguments[2]) {
    case .sqlite(let path): SQLiteDriver(path: path)
    case .postgres(let address): PostgresDriver(connectionString: address, applicationName: "shop")
    }
  let database = PhysicalDatabase(driver: driver)
  let updates = UpdateRegistry(handlers: [], declarations: schema.tree.declarations.values)
  // Once this version is shut out none of its batches runs, whatever has become of its announcement.
  let environment = UpdateRunner.Environment(version: schema.ledger.version)

  // A migration that shuts this version out waits for the end of this process. Throws where it is shut out already.
  let presence = try await VersionPresence.announce(version: schema.ledger.version, on: database)

  // Returns once the database is as this version expects it. What only later versions rely on is left to run beside.
  try await DatabaseMigrator(
    schema: schema, database: database,
    completer: ForegroundRunner(registry: updates, environment: environment)
  ).migrate(on: Session.open(driver))

  // Shut down from the last to the first: the shop closes, the update under way ends its batch, the announcement goes.
  try await ServiceGroup(
    services: [
      presence, UpdateService(databases: [database], registry: updates, environment: environment), Shop(),
    ],
    gracefulShutdownSignals: [.sigterm, .sigint], logger: logger
  ).run()
} catch let error as GradusError where error.code == .databaseTooNew {
  // Another start would be refused, too: tell the supervisor by a code of its own.
  logger.critical("\(error)")
  exit(3)
} catch {
  logger.critical("\(error)")
  exit(1)
}
