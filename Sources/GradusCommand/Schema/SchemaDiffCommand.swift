import ArgumentParser
import GradusCatalog
import GradusEngines
import GradusSQL

struct SchemaDiffCommand<App: SchemaApplication>: AsyncParsableCommand, FormattedCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "diff", abstract: "Show what changes from one schema to another.",
      discussion: App.help(
        """
        Each is a version (87), a file of SQL, or a database. Exits with 2 where they differ. Column order counts, \
        names, types, defaults, constraints, indexes, triggers, views and functions too; rows do not.
        """,
        examples: "schema diff 87 88", "schema diff 88 sqlite:shop.db"))
  }

  @Argument(help: "The first: a version, a file or a database.") var first: String
  @Argument(help: "The second.") var second: String
  @OptionGroup var schema: SchemaPlaceOptions
  @OptionGroup var scratch: ScratchOptions
  @OptionGroup var output: OutputOptions
  @Option(help: "The engine, where neither says it; sqlite by default.") var engine: EngineArgument?

  func run() async throws {
    let context = try CommandContext(App.self, schema)
    let (old, new) = (try SchemaSource(first), try SchemaSource(second))
    let engines = Set([old.engine, new.engine, engine?.engine].compactMap { $0 })
    guard engines.count <= 1 else {
      throw ValidationError("these are for different engines, and can only be compared on one")
    }
    if engines.isEmpty, Engine.postgres.isBuiltIn {
      Terminal.message("compared on SQLite; '--engine postgres' compares on PostgreSQL")
    }
    let engine = engines.first ?? .sqlite
    let server = try scratch.server()
    let changes = CatalogComparison.changes(
      from: try await old.catalog(on: engine, context, server),
      to: try await new.catalog(on: engine, context, server))
    try ChangesDocument.show(changes.map { .init($0) }, output.format, none: "no difference")
  }
}
