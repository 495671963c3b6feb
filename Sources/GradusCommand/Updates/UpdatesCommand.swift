import ArgumentParser

struct UpdatesCommand<App: SchemaApplication>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "updates", abstract: "Background updates: list them, run them, steer them.",
      subcommands: [
        UpdatesListCommand<App>.self, UpdatesStartCommand<App>.self, UpdatesRunCommand<App>.self,
        UpdatesPauseCommand<App>.self,
        UpdatesResumeCommand<App>.self, UpdatesRetryCommand<App>.self, UpdatesPrioritizeCommand<App>.self,
        UpdatesCertifyCommand<App>.self,
      ])
  }
}
