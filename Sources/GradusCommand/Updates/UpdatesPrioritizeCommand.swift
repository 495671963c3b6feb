import ArgumentParser
import GradusUpdates

struct UpdatesPrioritizeCommand<App: SchemaApplication>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "prioritize", abstract: "Move an update before or behind the queue's own order.",
      discussion: App.help(
        "Higher goes first; 0 is the queue's own order. Dependencies are waited for all the same.",
        examples: "updates prioritize fill_totals 5", "updates prioritize fill_totals -- -5"))
  }

  @Argument(help: "The update.", completion: UpdateNames<App>.completion) var name: String
  @Argument(help: "Above 0: before the others. Below 0 (after '--'): behind them.") var priority: Int = 1
  @OptionGroup var schema: SchemaOptions
  @OptionGroup var database: DatabaseOptions

  func validate() throws {
    guard Int(Int32(clamping: priority)) == priority else {
      throw ValidationError("the priority must be a number of 32 bits")
    }
  }

  func run() async throws {
    let context = try CommandContext(App.self, schema, database)
    let (name, priority) = (name, priority)
    try await UpdateSelection(context: context).change(name) {
      try QueueControls($0).prioritize(name, priority)
    }
    Terminal.result("\(name): priority \(priority)")
  }
}
