import ArgumentParser
import Gradus
import GradusCommand
import GradusUpdates
import HomeserverSchema

struct DirectoryRegenerateCommand: AsyncParsableCommand {
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
    guard let job = HomeserverJobs.all.first(where: { $0.name == "regenerate_directory" }) else { return }
    let context = try CommandContext(Homeserver.self, schema, database)
    let (session, _) = try await context.openMain()
    guard let queued = try await job.start([:], on: session, version: context.schema.ledger.version) else {
      throw GradusError(
        .alreadyQueued, "an update of '\(job.name)' is queued already",
        hint: "see 'updates list'; 'updates run' runs it")
    }
    switch output.format {
    case .json: try Terminal.json(["queued": queued])
    case .text: Terminal.result("queued: " + queued.joined(separator: ", "))
    }
  }
}
