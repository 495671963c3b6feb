import ArgumentParser

struct UpdatesResumeCommand<App: SchemaApplication>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "resume", abstract: "Take back 'updates pause'.",
      discussion: App.help(
        "A pause of all does not touch the pauses of single updates, nor the other way round.",
        examples: "updates resume", "updates resume fill_totals"))
  }

  @OptionGroup var options: UpdatesPauseOptions<App>

  func run() async throws {
    try await options.change("resumed") { try $0.resume($1) }
  }
}
