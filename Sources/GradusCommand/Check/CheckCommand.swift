import ArgumentParser

struct CheckCommand<App: SchemaApplication>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "check", abstract: "Check what deltas do to the versions that are still admitted.",
      discussion: "Without a subcommand the rules are checked: see 'check rules --help' for the options.",
      subcommands: [CheckRulesCommand<App>.self, CheckCompatCommand<App>.self],
      defaultSubcommand: CheckRulesCommand<App>.self)
  }
}
