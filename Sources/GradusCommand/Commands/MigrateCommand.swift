import ArgumentParser
import Gradus

struct MigrateCommand<App: SchemaApplication>: AsyncParsableCommand, FormattedCommand, SteppedCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "migrate", abstract: "Bring the database to what this version of the application expects.",
      discussion: App.help(
        """
        Executes what 'plan' shows, one transaction a step; a new database in fewer. One process migrates at a time; \
        others wait. Safe to stop and to run again at any moment; where that interrupts a delta outside a \
        transaction, the next run asks for --retry-delta or --mark-applied.
        """,
        examples: "migrate", "migrate --database postgres://shop@db/shop --fence-timeout 300",
        "migrate --foreground-workers 4",
        "migrate --retry-delta 87/04_big_index.sql"))
  }

  @OptionGroup var schema: SchemaOptions
  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions
  @Flag(
    help: """
      Only check, as a worker does: fail where the main process has to migrate first. Stale rows are left to \
      that.
      """)
  var worker = false
  @OptionGroup var migration: MigrationOptions
  @Option(
    help: ArgumentHelp("Run an interrupted delta that is not transactional again.", valueName: "version/file")
  )
  var retryDelta: [String] = []
  @Option(
    help: ArgumentHelp(
      "Record a delta as applied, and do not run it: one that was interrupted, or whose file was renamed.",
      valueName: "version/file"))
  var markApplied: [String] = []

  func validate() throws {
    if let both = Set(retryDelta).intersection(markApplied).sorted().first {
      throw ValidationError("\(both) is either run again or recorded as applied")
    }
    guard !worker || retryDelta.isEmpty && markApplied.isEmpty else {
      throw ValidationError(
        "--worker changes nothing: --retry-delta and --mark-applied are for the main process")
    }
  }

  func run() async throws {
    var database = database
    database.createsFile = !worker
    let context = try CommandContext(App.self, schema, database)
    let printer = ProgressPrinter(output.format)
    let startup = StartupMigration(
      context: context, role: worker ? .worker : .main,
      options: migration.options(retrying: retryDelta, markingApplied: markApplied),
      foregroundWorkers: migration.foregroundWorkers)
    let results = try await startup.run { printer.of(context.label($0)).show($1) }
    switch output.format {
    case .text: for result in results { Terminal.result(result.text) }
    case .json: try Terminal.json(MigrationDocument(databases: results))
    }
  }
}
