import ArgumentParser
import Gradus
import GradusReports

struct StatusCommand<App: SchemaApplication>: AsyncParsableCommand, FormattedCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "status", abstract: "Show versions, pending work and background updates.",
      discussion: App.help(
        """
        Exits with 2 where 'migrate' has something to do, with 3 where the compat version refuses this version, and with 1 \
        where a database cannot be looked at.
        """,
        examples: "status"))
  }

  @OptionGroup var schema: SchemaOptions
  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let context = try CommandContext(App.self, schema, database)
    var reports: [StatusReport] = []
    var failures: [any Error] = []
    for database in context.databases {
      do {
        let report = try await database.naming {
          let session = try await context.openForReading(database)
          return try await StatusReport(database, context.reports, session)
        }
        reports.append(report)
      } catch  where context.databases.count > 1 && !Task.isCancelled {
        // The others are shown all the same: this is asked when something is wrong.
        reports.append(StatusReport(of: database, context.reports, error: "\(error)"))
        failures.append(error)
      }
    }
    switch output.format {
    case .json: try Terminal.json(StatusDocument(databases: reports))
    case .text:
      // Of the others all that can be told is an error, which is a message.
      Terminal.result(reports.filter { $0.error == nil }.map(\.text).joined(separator: "\n\n"))
    }
    for failure in failures { Terminal.error(failure, exitCode: .failure, output.format) }
    if !failures.isEmpty { throw ExitCode(1) }
    if reports.contains(where: \.isRefused) { throw ExitStatus.refused }
    if reports.contains(where: { $0.refusal != nil }) { throw ExitCode(1) }
    if reports.contains(where: { $0.pendingSteps > 0 }) { throw ExitStatus.pending }
  }
}
