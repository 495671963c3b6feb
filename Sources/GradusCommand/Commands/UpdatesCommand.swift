import ArgumentParser

struct UpdatesCommand<App: SchemaApplication>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "updates", abstract: "Background updates: list them, run them.",
      subcommands: [UpdatesListCommand<App>.self, UpdatesRunCommand<App>.self])
  }
}
