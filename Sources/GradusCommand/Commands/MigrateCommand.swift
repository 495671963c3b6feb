import ArgumentParser
import Gradus
import GradusSQL
import GradusUpdates

struct MigrateCommand<App: SchemaApplication>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "migrate", abstract: "Bring the database to what this version of the application expects.",
      discussion: """
        Executes what 'plan' shows, one transaction a step. One process migrates at a time; others wait. Safe to stop \
        and to run again at any moment.
        """)
  }

  @OptionGroup var schema: SchemaOptions
  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions
  @Flag(help: "Only check, as a worker does: fail where the main process has to migrate first.") var worker =
    false
  @Option(
    help: ArgumentHelp(
      "How long to wait for another process that migrates, in seconds.", valueName: "seconds"))
  var lockTimeout = 60
  @Option(
    help: ArgumentHelp(
      "How long to wait for running processes of versions that a rise of the compat version shuts out, in seconds; then exit with 3.",
      valueName: "seconds"))
  var fenceTimeout = 60
  @Option(
    help: ArgumentHelp(
      "How long a statement waits for a lock on PostgreSQL before its step is rolled back and tried again, in seconds.",
      valueName: "seconds"))
  var statementLockTimeout = 5
  @Option(
    help: ArgumentHelp("Run an interrupted delta that is not transactional again.", valueName: "version/file")
  )
  var retryDelta: [String] = []
  @Option(help: ArgumentHelp("Record an interrupted delta as applied.", valueName: "version/file"))
  var markApplied: [String] = []

  func validate() throws {
    guard lockTimeout >= 0, fenceTimeout >= 0, statementLockTimeout >= 0 else {
      throw ValidationError(
        "--lock-timeout, --fence-timeout and --statement-lock-timeout must not be below 0")
    }
  }

  func run() async throws {
    var database = database
    database.createsFile = !worker
    let context = try CommandContext(App.self, schema, database)
    let printer = ProgressPrinter(output.format)
    let migrators = context.databases.map { database in
      DatabaseMigrator(
        schema: context.schema, database: database, role: worker ? .worker : .main,
        options: .init(
          lockTimeout: .seconds(lockTimeout), fenceTimeout: .seconds(fenceTimeout),
          statementLockTimeout: .seconds(statementLockTimeout),
          retriedDeltas: Set(retryDelta), deltasToMarkApplied: Set(markApplied)),
        completer: context.foregroundRunner(), report: printer.show)
    }
    // All databases are looked at before the first is changed.
    if retryDelta.isEmpty && markApplied.isEmpty {
      for (database, migrator) in zip(context.databases, migrators) {
        // A file that is not there is not made either, until it is known what to put into it.
        let session = try await SessionOpener.openForReading(database)
        try await migrator.checkScripts(of: migrator.plan(on: session), on: session)
      }
    }
    var results: [MigrationResult] = []
    for (database, migrator) in zip(context.databases, migrators) {
      let session = try await Session.open(database.driver)
      let start = ContinuousClock.now
      let plan = try await migrator.migrate(on: session)
      results.append(MigrationResult(database, plan, duration: .now - start))
    }
    switch output.format {
    case .text: for result in results { Terminal.result(result.text) }
    case .json: try Terminal.json(MigrationDocument(databases: results))
    }
  }
}
