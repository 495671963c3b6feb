import ArgumentParser

struct SchemaCommand<App: SchemaApplication>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "schema", abstract: "Dump and compare schemas.",
      subcommands: [SchemaDumpCommand<App>.self, SchemaDiffCommand<App>.self])
  }
}
