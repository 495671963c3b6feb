import ArgumentParser
import GradusCommand
import GradusUpdates
import HomeserverSchema

struct DirectoryRegenerateCommand: AsyncParsableCommand, FormattedCommand {
  static let configuration = CommandConfiguration(
    commandName: "regenerate", abstract: "Queue the updates that build the user directory anew.",
    discussion: Homeserver.help(
      """
      What the job 'regenerate_directory' of the admin API does. 'updates run', or a serving process, does the work; it \
      needs HOMESERVER_SERVER_NAME, and HOMESERVER_APPSERVICES where there are application services: the paths of their \
      registration files, separated by colons.
      """,
      examples: "directory regenerate"))

  @OptionGroup var schema: SchemaOptions
  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await HomeserverJobs.regenerateDirectory.start(
      [:], CommandContext(Homeserver.self, schema, database), output.format)
  }
}
