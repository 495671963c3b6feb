import ArgumentParser

/// The user directory: whom users find.
struct DirectoryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "directory", abstract: "Search the user directory, or have it built anew.",
    subcommands: [DirectorySearchCommand.self, DirectoryRegenerateCommand.self])
}
