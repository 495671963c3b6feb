import ArgumentParser
import Gradus
import GradusReports
import GradusUpdates

struct UpdatesStartCommand<App: SchemaApplication>: AsyncParsableCommand, FormattedCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "start", abstract: "Queue a job: updates that operators start by name.",
      usage: "\(App.name) updates start [JOB] [--PARAMETER VALUE ...] [options]",
      discussion: App.help(
        """
        Without a job it lists those that there are, and what they take. A parameter that is left out is null. The \
        updates are run by the processes that run updates, or by 'updates run'.

        \(JobList.text(App.jobs))
        """,
        examples: "updates start"))
  }

  @Argument(help: "The job.", completion: .list(App.jobs.map(\.name))) var job: String?
  @OptionGroup var schema: SchemaOptions
  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions
  @Argument(
    parsing: .allUnrecognized,
    help: ArgumentHelp("The job's parameters, such as --old_key KEY.", valueName: "parameters"))
  var parameters: [String] = []

  func validate() throws {
    guard job != nil || parameters.isEmpty else { throw ValidationError("name the job first") }
  }

  func run() async throws {
    guard let name = job else {
      switch output.format {
      case .json: try Terminal.json(JobsDocument(App.jobs))
      case .text: Terminal.result(JobList.text(App.jobs))
      }
      return
    }
    guard let job = App.jobs.first(where: { $0.name == name }) else {
      let nearest = NearestName.of(name, among: App.jobs.map(\.name))
      throw GradusError(
        .unknownJob, "no job is named '\(name)'",
        hint: nearest.map { "did you mean '\($0)'?" } ?? "'updates start' lists the jobs")
    }
    let values = try JobValues.parse(parameters, of: job)
    try await job.start(values, CommandContext(App.self, schema, database), output.format)
  }
}
