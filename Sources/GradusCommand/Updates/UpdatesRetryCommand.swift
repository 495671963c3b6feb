import ArgumentParser
import GradusUpdates
import Synchronization

struct UpdatesRetryCommand<App: SchemaApplication>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "retry", abstract: "Give a parked update another try.",
      discussion: App.help(
        "Processes that run updates take it up within a second; otherwise 'updates run' does.",
        examples: "updates retry fill_totals"))
  }

  @Argument(help: "The update.", completion: UpdateNames<App>.completion) var name: String
  @OptionGroup var schema: SchemaOptions
  @OptionGroup var database: DatabaseOptions

  func run() async throws {
    let context = try CommandContext(App.self, schema, database)
    let name = name
    let wasParked = Mutex(false)
    try await UpdateSelection(context: context).change(name) { connection in
      if try QueueControls(connection).retry(name) { wasParked.withLock { $0 = true } }
    }
    Terminal.result(wasParked.withLock { $0 } ? "\(name): is tried again" : "\(name): was not parked")
  }
}
