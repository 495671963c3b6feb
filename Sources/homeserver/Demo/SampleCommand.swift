import ArgumentParser
import Gradus
import GradusCommand
import GradusEngines
import GradusSQL
import HomeserverSchema

struct SampleCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample", abstract: "Make a database of version 86 with sample data, for others to migrate.",
    discussion: Homeserver.help(
      """
      The database must be empty. 'serve', 'migrate' and 'updates run' then find something to do. Equal parameters give \
      equal data on every machine and on both engines.
      """,
      examples: "sample --database sqlite:homeserver.db --rooms 200 --memberships 4000"))

  @OptionGroup var schema: SchemaPlaceOptions
  @Option(help: ArgumentHelp("An empty PostgreSQL database, or a SQLite file.", valueName: "url"))
  var database: String
  @OptionGroup var sample: SampleOptions

  func run() async throws {
    let driver = try DatabaseLocation(parsing: database).driver(createsFile: true)
    let session = try await Session.open(driver)
    let context = try CommandContext(Homeserver.self, schema)
    let migrator = DatabaseMigrator(
      schema: try context.schema.acting(as: 86), database: PhysicalDatabase(driver: driver))
    let plan = try await migrator.plan(on: session)
    guard plan.version == nil else {
      throw GradusError(
        .invalidFile, "the database holds a schema already", hint: "give one that is empty")
    }
    try await migrator.migrate(on: session)
    let sample = sample.database
    try await sample.fill(session)
    Terminal.message(
      "\(sample.rooms) rooms, \(sample.memberships) memberships: \(session.databaseName)")
  }
}
