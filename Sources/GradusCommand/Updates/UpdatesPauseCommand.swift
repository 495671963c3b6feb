import ArgumentParser
import GradusUpdates

struct UpdatesPauseCommand<App: SchemaApplication>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "pause", abstract: "Let no process start a further batch, until 'updates resume'.",
      discussion: App.help(
        "Batches under way end as usual. It is written into the database and outlives restarts.",
        examples: "updates pause", "updates pause fill_totals"))
  }

  @Argument(help: "The update; all where none is named.", completion: UpdateNames<App>.completion) var name:
    String?
  @OptionGroup var schema: SchemaOptions
  @OptionGroup var database: DatabaseOptions

  func run() async throws {
    let context = try CommandContext(App.self, schema, database)
    let name = name
    try await UpdateSelection(context: context).change(name) { try QueueControls($0).pause(name) }
    Terminal.result("\(name ?? "all updates"): paused")
  }
}
