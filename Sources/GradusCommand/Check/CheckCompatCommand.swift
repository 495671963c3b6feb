import ArgumentParser
import Gradus
import GradusCheck
import GradusSQL

struct CheckCompatCommand<App: SchemaApplication>: AsyncParsableCommand, FormattedCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "compat",
      abstract: "Compute the compat version: run older versions' queries on this schema.",
      discussion: App.help(
        """
        Every version commits the queries that it runs (schema/queries/<version>.sql). They are prepared and executed, \
        with generated rows and undone again, on the schema of their own version and on this one, while updates are \
        pending, part done and complete. The floor is the oldest version that still works. Exits with 2 where it is \
        above the compat version that the ledger declares.
        """,
        examples: "check compat", "check compat --tags 'v{version}'"))
  }

  @OptionGroup var schema: SchemaOptions
  @OptionGroup var scratch: ScratchOptions
  @OptionGroup var queries: QueryOptions
  @Option(
    help: "One engine; by default SQLite, and PostgreSQL where a server for scratch databases is given.")
  var engine: EngineArgument?
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let context = try CommandContext(App.self, schema)
    let server = try scratch.server()
    let engines = ScratchOptions.engines(engine, server)
    let manifest = try queries.manifest(context)
    guard !manifest.versions.isEmpty else {
      throw GradusError(
        .invalidTree, "no version has committed its queries",
        hint:
          "write \(context.layout.queries(of: context.schema.ledger.version)) by hand, record it in the application's tests, or 'queries import' it"
      )
    }
    let builder = SchemaBuilder(schema: context.schema, registry: context.registry, server: server)
    let floor = try await FloorFinder(builder, manifest, engines: engines).floor(
      of: context.schema.ledger.version)
    switch output.format {
    case .json: try Terminal.json(FloorDocument(floor, engines))
    case .text: Terminal.result(floor.text)
    }
    ScratchOptions.tellWhatWasLeftOut(engine, engines)
    if floor.findings.contains(where: { $0.severity == .error }) { throw ExitStatus.pending }
  }
}
