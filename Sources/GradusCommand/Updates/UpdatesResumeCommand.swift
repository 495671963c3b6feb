import ArgumentParser
import GradusUpdates

struct UpdatesResumeCommand<App: SchemaApplication>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "resume", abstract: "Take back 'updates pause'.",
      discussion: App.help(
        "A pause of all does not touch the pauses of single updates, nor the other way round.",
        examples: "updates resume", "updates resume fill_totals"))
  }

  @Argument(help: "The update; all where none is named.", completion: UpdateNames<App>.completion) var name:
    String?
  @OptionGroup var schema: SchemaOptions
  @OptionGroup var database: DatabaseOptions

  func run() async throws {
    let context = try CommandContext(App.self, schema, database)
    let name = name
    try await UpdateSelection(context: context).change(name) { try QueueControls($0).resume(name) }
    Terminal.result("\(name ?? "all updates"): resumed")
  }
}
