import Foundation
import Gradus
import GradusSQL
import GradusSQLite
import GradusService
import GradusUpdates
import Hummingbird
import Logging
import ServiceLifecycle

let logger = Logger(label: "shop")
guard CommandLine.arguments.count == 4, let port = UInt16(CommandLine.arguments[3]) else {
  logger.critical("usage: example-hummingbird SCHEMA-FOLDER SQLITE-FILE PORT")
  exit(64)
}

/// A customer's total: the one that the update has filled in, or computed where it has not come there yet.
@Sendable func total(of customer: String, _ session: Session) async throws -> Int64 {
  try await session.run { connection in
    let filled = try connection.queryRow("SELECT amount FROM totals WHERE customer = $1", [.text(customer)])
    if let filled { return try filled.integer(0) }
    let sum = try connection.queryRow(
      "SELECT coalesce(sum(amount), 0) FROM orders WHERE customer = $1", [.text(customer)])
    return try sum?.integer(0) ?? 0
  }
}

do {
  let schema = try SchemaDefinition(root: URL(filePath: CommandLine.arguments[1]))
  let database = PhysicalDatabase(driver: SQLiteDriver(path: CommandLine.arguments[2]))
  let updates = UpdateRegistry(handlers: [], declarations: schema.tree.declarations.values)
  // Once this version is shut out none of its batches runs, whatever has become of its announcement.
  let environment = UpdateRunner.Environment(version: schema.ledger.version)

  // Before the server listens: nobody sees a database that is not as this version expects it.
  let presence = try await VersionPresence.announce(version: schema.ledger.version, on: database)
  let session = try await Session.open(database.driver)
  try await DatabaseMigrator(
    schema: schema, database: database,
    completer: ForegroundRunner(registry: updates, environment: environment)
  ).migrate(on: session)

  let router = Router()
  router.get("/health") { _, _ in HTTPResponse.Status.ok }
  router.get("/totals/:customer") { _, context in
    try await "\(total(of: context.parameters.require("customer"), session))\n"
  }
  let server = Application(
    router: router, configuration: .init(address: .hostname("127.0.0.1", port: Int(port))), logger: logger)

  // The server first ends what it was asked, then the update under way its batch, then the announcement goes.
  try await ServiceGroup(
    services: [
      presence, UpdateService(databases: [database], registry: updates, environment: environment), server,
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
