import ArgumentParser

struct UpdatesPauseCommand<App: SchemaApplication>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "pause", abstract: "Let no process start a further batch, until 'updates resume'.",
      discussion: App.help(
        "Batches under way end as usual. It is written into the database and outlives restarts.",
        examples: "updates pause", "updates pause fill_totals"))
  }

  @OptionGroup var options: UpdatesPauseOptions<App>

  func run() async throws {
    try await options.change("paused") { try $0.pause($1) }
  }
}
