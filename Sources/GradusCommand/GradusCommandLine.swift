public import ArgumentParser

/// The commands for an application, and what runs them.
public struct GradusCommandLine<App: SchemaApplication>: AsyncParsableCommand {
  /// All commands of Gradus for the application, as far as they are built in (the package's traits).
  public static var commands: [any ParsableCommand.Type] {
    var commands: [any ParsableCommand.Type] = [
      PlanCommand<App>.self, MigrateCommand<App>.self, StatusCommand<App>.self, NewCommand<App>.self,
      CanRollbackCommand<App>.self, UpdatesCommand<App>.self, SchemaCommand<App>.self, DriftCommand<App>.self,
      CheckCommand<App>.self, ExplainCommand<App>.self, WhyCommand<App>.self,
    ]
    #if PostgreSQL
      commands += [SquashCommand<App>.self, QueriesCommand<App>.self, PortCommand<App>.self]
    #endif
    #if AdminAPI
      commands += [ServeCommand<App>.self, TokenCommand<App>.self]
    #endif
    return commands
  }

  /// The program's name and its commands.
  public static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: App.name, abstract: App.abstract,
      discussion: """
        Begin with 'status' and 'plan', which change nothing; '--help' after a command shows examples.

        Commands find the database by --database, else DATABASE_URL, else gradus.yaml of the current folder; \
        the schema by --schema-root, else GRADUS_SCHEMA_ROOT, else gradus.yaml, else the first folder from here \
        upwards that holds one.

        Exit codes: 0 clean, 1 error, 2 work pending or findings, 3 refused by the compat version, or by \
        running processes that it would shut out, 64 usage, 130 interrupted.
        """, subcommands: commands)
  }

  /// For the argument parser.
  public init() {}
}
