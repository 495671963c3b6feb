import ArgumentParser

struct StatsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats", abstract: "Statistics of rooms and users: show them, have them computed anew.",
    subcommands: [
      StatsRegenerateCommand.self, StatsShowCommand.self, StatsHistoryCommand.self, StatsPurgeCommand.self,
    ])
}
