import ArgumentParser

struct NewCommand<App: SchemaApplication>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "new", abstract: "Write new files of the schema.",
      subcommands: [
        NewDeltaCommand<App>.self, NewUpdateCommand<App>.self, NewGradualMigrationCommand<App>.self,
      ]
    )
  }
}
