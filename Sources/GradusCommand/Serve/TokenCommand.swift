#if AdminAPI
  import ArgumentParser

  struct TokenCommand<App: SchemaApplication>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        commandName: "token", abstract: "Tokens for the admin API.", subcommands: [TokenNewCommand<App>.self])
    }
  }
#endif
