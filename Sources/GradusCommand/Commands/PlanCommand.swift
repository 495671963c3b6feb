import ArgumentParser
import Gradus
import GradusReports

struct PlanCommand<App: SchemaApplication>: AsyncParsableCommand, FormattedCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "plan", abstract: "Show what migrate would do, and change nothing.",
      discussion: App.help(
        "Exits with 2 where there is something to do.",
        examples: "plan", "plan --sql --format json"))
  }

  @OptionGroup var schema: SchemaOptions
  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions
  @Flag(help: "Show the SQL of each delta.") var sql = false
  @Flag(help: "Plan as a worker, which may not migrate.") var worker = false

  func run() async throws {
    let context = try CommandContext(App.self, schema, database)
    let reports = try await context.readEach { database, session in
      let migrator = DatabaseMigrator(
        schema: context.schema, database: database, role: worker ? .worker : .main
      ).lookingBack()
      let plan = try await migrator.plan(on: session)
      try await migrator.checkScripts(of: plan, on: session)
      return try await PlanReport(plan, database, context.reports, session, includeSQL: sql)
    }
    switch output.format {
    case .text: Terminal.result(reports.map(\.text).joined(separator: "\n\n"))
    case .json: try Terminal.json(PlanDocument(databases: reports))
    }
    if reports.contains(where: { !$0.steps.isEmpty }) { throw ExitStatus.pending }
  }
}
