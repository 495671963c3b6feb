import ArgumentParser
import Gradus
import GradusSQL
import GradusUpdates

struct UpdatesStartCommand<App: SchemaApplication>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "start", abstract: "Queue a job: updates that operators start by name.",
      usage: "\(App.name) updates start [JOB] [--PARAMETER VALUE ...] [options]",
      discussion: App.help(
        """
        Without a job it lists those that there are, and what they take. A parameter that is left out is null. The \
        updates are run by the processes that run updates, or by 'updates run'.
        \(App.jobs.isEmpty ? "" : "\n" + JobList.text(App.jobs))
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

  func run() async throws {
    guard let name = job else {
      guard parameters.isEmpty else { throw ValidationError("name the job first") }
      return Terminal.result(JobList.text(App.jobs))
    }
    guard let job = App.jobs.first(where: { $0.name == name }) else {
      let nearest = NearestName.of(name, among: App.jobs.map(\.name))
      throw GradusError(
        .unknownJob, "no job is named '\(name)'",
        hint: nearest.map { "did you mean '\($0)'?" } ?? "'updates start' lists the jobs")
    }
    let values = try JobValues.parse(parameters, of: job)
    let context = try CommandContext(App.self, schema, database)
    let (session, _) = try await context.openMain()
    guard let queued = try await job.start(values, on: session, version: context.schema.ledger.version) else {
      throw GradusError(
        .alreadyQueued, "an update of '\(name)' is queued already",
        hint: "see 'updates list'; 'updates run' runs it")
    }
    switch output.format {
    case .json: try Terminal.json(QueuedDocument(queued: queued))
    case .text: Terminal.result("queued: " + queued.joined(separator: ", "))
    }
  }
}
