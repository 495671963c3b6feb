import ArgumentParser
import Gradus
import GradusSQL
import GradusUpdates

struct UpdatesCertifyCommand<App: SchemaApplication>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "certify", abstract: "Record that an update is complete that another program completed.",
      discussion: App.help(
        """
        Only what Gradus completed itself is certified. For an update that another program took off the queue this \
        checks what can be checked (an index, the 'where' of a backfill) and writes the certificate.
        """,
        examples: "updates certify fill_totals"))
  }

  @Argument(help: "The update.", completion: UpdateNames<App>.completion) var name: String
  @OptionGroup var schema: SchemaOptions
  @OptionGroup var database: DatabaseOptions

  func run() async throws {
    let context = try CommandContext(App.self, schema, database)
    let (name, version) = (name, context.schema.ledger.version)
    for database in context.databases {
      let (session, _) = try await context.openExisting(database)
      try await session.run { try BookkeepingTables.ensure($0) }
      let certificate = try await session.transaction {
        try context.registry.certify(name, version: version, on: $0)
      }
      Terminal.result("\(name) on \(database.name): \(certificate.verified)")
    }
  }
}
