import ArgumentParser
import Gradus
import GradusCatalog
import GradusCheck
import GradusReports
import GradusSQL

struct DriftCommand<App: SchemaApplication>: AsyncParsableCommand, FormattedCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "drift", abstract: "Compare a live database with what its version's deltas make.",
      discussion: App.help(
        """
        Lines with + are in the database only, lines with - are what it lacks. Queued updates are named: what they have \
        yet to make (indexes, constraints) is lacking, too. Exits with 2 where there is a difference.
        """,
        examples: "drift", "drift --database postgres://db/shop --scratch postgres://localhost/postgres"))
  }

  @OptionGroup var schema: SchemaPlaceOptions
  @OptionGroup var database: DatabaseOptions
  @OptionGroup var scratch: ScratchOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let context = try CommandContext(App.self, schema, database)
    var changes: [ChangesDocument.Change] = []
    for database in context.databases {
      let found = try await database.naming { try await self.changes(of: database, context) }
      changes += found.map { ChangesDocument.Change($0, of: context.label(database)) }
    }
    try ChangesDocument.show(changes, output.format, none: "as its deltas made it")
  }

  private func changes(of database: PhysicalDatabase, _ context: CommandContext) async throws
    -> [CatalogChange]
  {
    let (session, state) = try await context.openExisting(database, onlyReads: true)
    let ledger = context.schema.ledger
    guard let version = state.version?.number, version == ledger.version || ledger.versions[version] != nil
    else {
      throw GradusError(
        .invalidTree,
        "the ledger says nothing of version \(state.version.map { "\($0.number)" } ?? "none"), which '\(database.title)' is at",
        hint: "run the release of that version")
    }
    if !state.queue.isEmpty {
      let place = context.label(database).map { "\($0): " } ?? ""
      let names = state.queue.map(\.name).sorted().joined(separator: ", ")
      Terminal.message("\(place)updates are queued, whose work is missing: \(names)")
    }
    let builder = SchemaBuilder(
      schema: context.schema, registry: context.registry, server: try scratch.server())
    let expected = try await builder.withDatabase(
      of: version, on: database.driver.engine, databases: database.databases
    ) { session in try await session.run { try CatalogReader.read($0) } }
    return CatalogComparison.changes(from: expected, to: try await session.run { try CatalogReader.read($0) })
  }
}
