import ArgumentParser
import Gradus
import GradusEngines
import GradusPort
import GradusSQL

struct PortCommand<App: SchemaApplication>: AsyncParsableCommand, FormattedCommand, SteppedCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "port", abstract: "Move a SQLite database to PostgreSQL.",
      discussion: App.help(
        """
        Makes the schema of the source's version in an empty database, copies all rows, and compares. Stop the \
        application before: while a port runs, nobody writes the source and nobody opens the target. Safe to stop and \
        to run again at any moment; the source is not changed.
        """,
        examples: "port --from sqlite:shop.db --to postgres://localhost/shop --dry-run",
        "port --from sqlite:shop.db --to postgres://localhost/shop --leave-out search_index"))
  }

  @Option(
    help: ArgumentHelp("The source: sqlite:PATH or a path.", valueName: "url"), completion: .file())
  var from: String
  @Option(help: ArgumentHelp("The target: postgres://... or a libpq conninfo string.", valueName: "url"))
  var to: String
  @Option(
    help: ArgumentHelp(
      "Act as this version of the application; the source's own otherwise.", valueName: "version"))
  var toVersion: Int?
  @OptionGroup var port: PortOptionGroup
  @Flag(help: "Change nothing; list what would be copied.") var dryRun = false
  @OptionGroup var place: SchemaPlaceOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let (from, to) = (try DatabaseLocation(parsing: from), try DatabaseLocation(parsing: to))
    guard from.engine == .sqlite, to.engine == .postgres else {
      throw ValidationError("--from is a SQLite file, --to a PostgreSQL database")
    }
    let context = try CommandContext(App.self, place)
    let printer = ProgressPrinter(output.format)
    // An application whose logical databases are apart is moved one file at a time.
    let entry = try ConfigurationFile.load(place.config).entry(at: from)
    func database(_ location: DatabaseLocation) throws -> PhysicalDatabase {
      PhysicalDatabase(
        name: entry?.name ?? PhysicalDatabase.defaultName,
        driver: try location.driver(keepsJournal: true, applicationName: App.name),
        databases: entry?.databases)
    }
    let (source, target) = (try database(from), try database(to))
    let result = try await DatabasePort(
      definition: context.schema, source: source, target: target, version: toVersion, options: port.options,
      completer: { context.foregroundRunner(version: $0) }, report: printer.show
    ).run(isDryRun: dryRun)
    switch output.format {
    case .text: Terminal.result(result.text(target: target.driver.databaseName))
    case .json: try Terminal.json(PortDocument(result: result))
    }
    if result.status == .differs { throw ExitCode(1) }
  }
}

/// The JSON that ends `port`.
private struct PortDocument: Encodable {
  var format = 1
  var event = "finished"
  var result: PortResult

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(format, forKey: .format)
    try container.encode(event, forKey: .event)
    try result.encode(to: encoder)
  }

  enum CodingKeys: String, CodingKey { case format, event }
}
