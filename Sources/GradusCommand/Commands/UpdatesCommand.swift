import ArgumentParser
import Foundation
import Gradus
import GradusSQL
import GradusUpdates

struct UpdatesCommand<App: SchemaApplication>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "updates", abstract: "Background updates: list them, run them.",
      subcommands: [UpdatesListCommand<App>.self, UpdatesRunCommand<App>.self])
  }
}

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

/// A queued update as `updates list` and `status` write it.
struct UpdateReport: Encodable {
  var database: String
  var name: String
  var dependsOn: String?
  var ordering: Int
  var progress: String
  var known: Bool
  var scanned: Int
  var written: Int
  var durationMs: Int
  var skipped: [String: Int]

  init(_ entry: UpdateListing, database: String) {
    self.database = database
    name = entry.update.name
    dependsOn = entry.update.dependsOn
    ordering = entry.update.ordering
    progress = entry.update.progress
    known = entry.isKnown
    scanned = entry.statistics.scanned
    written = entry.statistics.written
    durationMs = Int(entry.statistics.milliseconds)
    skipped = entry.statistics.skipped
  }

  enum CodingKeys: String, CodingKey {
    case database, name, ordering, progress, known, scanned, written, skipped
    case dependsOn = "depends_on"
    case durationMs = "duration_ms"
  }
}

/// The JSON that `updates list` writes.
struct UpdatesDocument: Encodable {
  var format = 1
  var updates: [UpdateReport]
}

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

/// The JSON that ends `updates run`.
struct RunDocument: Encodable {
  var format = 1
  var event = "finished"
  var completed: [String]
  var waiting: [String: String]
}
