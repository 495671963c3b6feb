import ArgumentParser
import Gradus
import GradusReports

struct StatusCommand<App: SchemaApplication>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "status", abstract: "Show versions, pending work and background updates.",
      discussion: "Exits with 2 where 'migrate' has something to do.")
  }

  @OptionGroup var schema: SchemaOptions
  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let context = try CommandContext(App.self, schema, database)
    var reports: [StatusReport] = []
    for database in context.databases {
      let session = try await SessionOpener.openForReading(database)
      reports.append(try await StatusReport(database, context.reports, session))
    }
    switch output.format {
    case .json: try Terminal.json(StatusDocument(databases: reports))
    case .text: Terminal.result(reports.map(\.text).joined(separator: "\n\n"))
    }
    if reports.contains(where: \.isRefused) { throw ExitStatus.refused }
    if reports.contains(where: { $0.refusal != nil }) { throw ExitCode(1) }
    if reports.contains(where: { $0.pendingSteps > 0 }) { throw ExitStatus.pending }
  }
}
