import ArgumentParser
import Gradus
import GradusReports

struct CanRollbackCommand<App: SchemaApplication>: AsyncParsableCommand, FormattedCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "can-rollback",
      abstract: "Say whether an older version may be put back, and change nothing.",
      discussion: App.help(
        """
        Looks at the compat version, at upgrades that are under way, at queued updates and \
        at running processes of each database. Exits with 0 where the answer is yes, and with 3 where it is no.
        """,
        examples: "can-rollback --to 87", "can-rollback --to 87 --format json"))
  }

  @OptionGroup var schema: SchemaPlaceOptions
  @Option(help: ArgumentHelp("The version to go back to.", valueName: "version")) var to: Int
  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    // The newest ledger, not the older version's: it knows what came after.
    let context = try CommandContext(App.self, schema, database)
    let reports = try await context.readEach { database, session in
      try await RollbackReport(to: to, database, context.reports, session)
    }
    try RollbackVerdict.checkRollsBack(to: to, from: reports.compactMap(\.version))
    switch output.format {
    case .json: try Terminal.json(RollbackDocument(databases: reports))
    case .text: Terminal.result(reports.map(\.text).joined(separator: "\n\n"))
    }
    if !reports.allSatisfy(\.isPossible) { throw ExitStatus.refused }
  }
}
