import ArgumentParser
import Gradus
import GradusSQL
import GradusUpdates

struct UpdatesListCommand<App: SchemaApplication>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(commandName: "list", abstract: "Show the queue of background updates.")
  }

  @OptionGroup var schema: SchemaOptions
  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let context = try CommandContext(App.self, schema, database)
    var reports: [UpdateReport] = []
    for database in context.databases {
      let session = try await Session.open(database.driver)
      let entries = try await session.run { try UpdateListing.read($0, registry: context.registry) }
      reports += entries.map { UpdateReport($0, database: database.name) }
    }
    switch output.format {
    case .json: try Terminal.json(UpdatesDocument(updates: reports))
    case .text:
      let rows = reports.map {
        [
          "\($0.ordering)", $0.name, $0.dependsOn ?? "", $0.known ? "" : "not known here",
          Text.count($0.scanned),
          $0.progress,
        ]
      }
      Terminal.result(
        rows.isEmpty
          ? "no background updates are queued"
          : Text.table(["ordering", "name", "waits for", "note", "rows", "progress"], rows))
    }
  }
}
