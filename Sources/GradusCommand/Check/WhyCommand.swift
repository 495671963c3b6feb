import ArgumentParser
import Gradus
import GradusCheck
import GradusSQL

struct WhyCommand<App: SchemaApplication>: AsyncParsableCommand, FormattedCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "why", abstract: "Say who reads and writes a column, and when it may be dropped.",
      discussion: App.help(
        "Asks the engine which columns the committed queries of each version use (schema/queries).",
        examples: "why rooms.topic"))
  }

  @Argument(help: ArgumentHelp("The column.", valueName: "table.column")) var column: String
  @OptionGroup var schema: SchemaOptions
  @OptionGroup var scratch: ScratchOptions
  @OptionGroup var queries: QueryOptions
  @Option(
    help: "One engine; by default SQLite, and PostgreSQL where a server for scratch databases is given.")
  var engine: EngineArgument?
  @OptionGroup var output: OutputOptions

  private var parts: [String] { column.split(separator: ".").map(String.init) }

  func validate() throws {
    guard parts.count == 2 else { throw ValidationError("name a column as TABLE.COLUMN: rooms.topic") }
  }

  func run() async throws {
    let context = try CommandContext(App.self, schema)
    let server = try scratch.server()
    let engines = ScratchOptions.engines(engine, server)
    // First, as a column that is missing may be on PostgreSQL alone.
    ScratchOptions.tellWhatWasLeftOut(engine, engines)
    let builder = SchemaBuilder(schema: context.schema, registry: context.registry, server: server)
    let history = try await builder.history(
      ofColumn: parts[1], in: parts[0], try queries.manifest(context), on: engines)
    switch output.format {
    case .json: try Terminal.json(ColumnHistoryDocument(history))
    case .text: Terminal.result(history.text)
    }
  }
}
