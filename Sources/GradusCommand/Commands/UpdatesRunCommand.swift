import ArgumentParser
import Gradus
import GradusSQL
import GradusUpdates

struct UpdatesRunCommand<App: SchemaApplication>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "run", abstract: "Run queued updates until the queue is empty or nothing more can run.",
      discussion: """
        Batches and their progress commit together: stop it and run it again at any moment. Several processes may run \
        at once. Exits with 2 where updates remain.
        """)
  }

  @Argument(help: "The updates to run, with what they depend on; all where none is named.") var names:
    [String] = []
  @OptionGroup var schema: SchemaOptions
  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions
  @Option(help: ArgumentHelp("How long a batch should take, in milliseconds.", valueName: "ms"))
  var batchDuration = 100
  @Option(help: ArgumentHelp("The pause between two batches, in milliseconds.", valueName: "ms")) var sleep =
    0
  @Option(help: "The size of the first batch, in rows.") var batchSize = 100

  func validate() throws {
    guard batchDuration > 0, sleep >= 0, batchSize > 0 else {
      throw ValidationError("--batch-duration and --batch-size must be above 0, --sleep not below 0")
    }
  }

  func run() async throws {
    let context = try CommandContext(App.self, schema, database)
    let printer = ProgressPrinter(output.format)
    var waiting: [String: String] = [:]
    var completed: [String] = []
    for database in context.databases {
      let session = try await Session.open(database.driver)
      let state = try await session.run { try DatabaseStateReader(rules: []).read($0) }
      try Admission.checkExisting(state, version: context.schema.ledger.version)
      try check(names, context, state)
      let runner = UpdateRunner(
        session: session, registry: context.registry,
        options: BatchOptions(
          targetDuration: .milliseconds(batchDuration), pause: .milliseconds(sleep),
          defaultBatchSize: batchSize),
        report: printer.show)
      let summary = try await runner.run(names.isEmpty ? nil : Set(names))
      completed += summary.completed
      waiting.merge(summary.waiting) { first, _ in first }
    }
    switch output.format {
    case .json: try Terminal.json(RunDocument(completed: completed, waiting: waiting))
    case .text:
      Terminal.result(
        completed.isEmpty && waiting.isEmpty
          ? "no background updates are queued" : "completed: \(completed.count)")
      for (name, reason) in waiting.sorted(by: { $0.key < $1.key }) {
        Terminal.result("remains: \(name): \(reason)")
      }
    }
    if !waiting.isEmpty { throw ExitStatus.pending }
  }

  /// A misspelt name is an error, never "done".
  private func check(_ names: [String], _ context: CommandContext, _ state: DatabaseState) throws {
    let known = context.registry.names.union(state.queue.map(\.name))
    for name in names where !known.contains(name) {
      throw GradusError(
        .unknownUpdate, "no update is named '\(name)'",
        hint: NearestName.of(name, among: known).map { "did you mean '\($0)'?" } ?? "see 'updates list'")
    }
  }
}
