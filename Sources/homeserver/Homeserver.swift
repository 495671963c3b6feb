import ArgumentParser
import Foundation
import Gradus
import GradusCommand
import GradusUpdates
import HomeserverSchema

/// The worked example: a homeserver's schema, with its updates in Swift.
struct Homeserver: SchemaApplication {
  static let name = "homeserver"
  static let abstract = "A homeserver's schema, migrated gradually: the worked example of Gradus."
  /// State is read by joining the groups of events, which are in `main`, with their contents, which are in `state`.
  static let inseparableDatabases: Set<LogicalDatabase> = [.main, .state]
  static let handlers: [any UpdateHandler] = HomeserverUpdates.handlers(
    of: Result { try ServerIdentity(environment: ProcessInfo.processInfo.environment) },
    statistics: StatisticsOptions(environment: ProcessInfo.processInfo.environment),
    directory: Result { try DirectorySettings(environment: ProcessInfo.processInfo.environment) })
  static let declarations = HomeserverUpdates.declarations
  static let jobs = HomeserverJobs.all

  /// The current folder, and the checkout that the program was built in.
  static let schemaSearchFolders = [
    URL(filePath: FileManager.default.currentDirectoryPath, directoryHint: .isDirectory),
    URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent(),
  ]
}

/// Gradus's commands, and the example's own.
struct HomeserverCommandLine: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    var configuration = GradusCommandLine<Homeserver>.configuration
    configuration.subcommands += [
      StatsCommand.self, DirectoryCommand.self, DemoCommand.self, SampleCommand.self, GuardCostCommand.self,
    ]
    return configuration
  }
}
