import ArgumentParser
import Gradus
import GradusSQL
import GradusService
import GradusUpdates
import Synchronization

struct UpdatesRunCommand<App: SchemaApplication>: AsyncParsableCommand, FormattedCommand, SteppedCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "run", abstract: "Run queued updates until the queue is empty or nothing more can run.",
      discussion: App.help(
        """
        Batches and their progress commit together: stop it and run it again at any moment. Ctrl-C and SIGTERM end it \
        after the batch under way, a second one breaks the batch off. Several processes may run at once: on PostgreSQL \
        they share the work out, on SQLite one works and the others wait. Updates that are named are tried although \
        they are parked. Exits with 2 where updates remain.
        """,
        examples: "updates run", "updates run fill_totals", "updates run --until-done --workers 4"))
  }

  @Argument(
    help: "The updates to run, with what they depend on; all where none is named.",
    completion: UpdateNames<App>.completion) var names: [String] = []
  @OptionGroup var schema: SchemaOptions
  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions
  @Flag(
    help: """
      Long batches without a pause or a look at health signals and time windows; updates are taken over from other \
      processes.
      """) var foreground = false
  @Flag(help: "Wait out pauses and time windows.") var untilDone = false
  @Option(
    help: """
      How many batches run at the same time; more than one on PostgreSQL only. 1 by default, and \
      \(ForegroundRunner.defaultWorkers) with --foreground.
      """)
  var workers: Int?
  @Option(help: ArgumentHelp("How long a batch should take, in milliseconds.", valueName: "ms"))
  var batchDuration: Int?
  @Option(
    help: ArgumentHelp("The pause before a batch, in milliseconds; none by default.", valueName: "ms"))
  var sleep: Int?
  @Option(help: "The size of the first batch, in rows.") var batchSize: Int?

  var workerCount: Int { workers ?? (foreground ? ForegroundRunner.defaultWorkers : 1) }

  func validate() throws {
    guard batchDuration ?? 1 > 0, sleep ?? 0 >= 0, batchSize ?? 1 > 0, workerCount > 0 else {
      throw ValidationError(
        "--batch-duration, --batch-size and --workers must be above 0, --sleep not below 0")
    }
    guard workerCount <= WorkerPool.mostWorkers else {
      throw ValidationError("--workers must be at most \(WorkerPool.mostWorkers)")
    }
  }

  func run() async throws {
    let context = try CommandContext(App.self, schema, database)
    try await check(context)
    let printer = ProgressPrinter(output.format)
    let control = RunControl()
    let presences = try await Presences.announce(context, control) { database, event in
      printer.of(context.label(database)).show(event)
    }
    let isOne = context.databases.count == 1
    let summaries = Mutex<[String: UpdateRunner.Summary]>([:])
    let failures = Mutex<[String: any Error]>([:])
    let order = context.databases.map(\.name)
    let service = UpdateService(
      databases: context.databases, registry: context.registry, options: options(context),
      environment: context.environment(control: control),
      workers: workerCount, preempts: foreground, wanted: names.isEmpty ? nil : Set(names),
      until: untilDone ? .done : .idle,
      reportOfDatabase: { database, event in
        printer.of(isOne ? nil : database).show(event)
        presences.note(event)
      },
      onEndOfDatabase: { database, summary in summaries.withLock { $0[database] = summary } },
      onFailureOfDatabase: { database, error in failures.withLock { $0[database] = error } })
    do {
      try await StopSignals.run([service])
    } catch {
      try? await presences.release()
      // What the other databases came to.
      if !isOne, output.format == .text {
        for line in RunTotal(summaries.withLock(\.self), of: order).parts { Terminal.result(line) }
      }
      // The first is thrown.
      let failed = failures.withLock(\.self)
      let code = Task.isCancelled ? ExitStatus.interrupted : ExitStatus.of(error)
      for other in order.compactMap({ failed[$0] }).dropFirst() {
        Terminal.error(other, exitCode: code, output.format)
      }
      throw error
    }
    try await presences.release()
    try show(RunTotal(summaries.withLock(\.self), of: order))
  }

  private func options(_ context: CommandContext) -> UpdateOptions {
    var options = foreground ? context.updates.inForeground : context.updates
    // An operator who runs updates by hand waits for them; an application sleeps between batches.
    options.batches.pause = .zero
    if let batchDuration { options.batches.targetDuration = .milliseconds(batchDuration) }
    if let sleep { options.batches.pause = .milliseconds(sleep) }
    if let batchSize { options.batches.defaultBatchSize = batchSize }
    return options
  }

  private func show(_ total: RunTotal) throws {
    let summary = total.merged
    switch output.format {
    case .json: try Terminal.json(total.document)
    case .text:
      // Stopped while it had no connection, it does not know what is queued.
      let isIdle = !summary.isStopped && summary.completed.isEmpty && summary.waiting.isEmpty
      let nothing =
        names.isEmpty
        ? "no background updates are queued" : "nothing to do: not queued: \(names.joined(separator: ", "))"
      Terminal.result(isIdle ? nothing : "completed: \(summary.completed.count)")
      for line in total.remains { Terminal.result("remains: \(line)") }
    }
    if summary.isStopped {
      Terminal.message("stopped after the batch under way; a rerun goes on from there")
      throw ExitStatus.interrupted
    }
    if !summary.waiting.isEmpty { throw ExitStatus.pending }
  }

  /// Refuses a name that this program does not know and no database queues.
  private func check(_ context: CommandContext) async throws {
    var queued: Set<String> = []
    for database in context.databases {
      let (_, state) = try await context.openExisting(database)
      queued.formUnion(state.queue.map(\.name))
    }
    for name in names where !context.registry.knows(name) && !queued.contains(name) {
      throw context.registry.unknown(name, others: queued)
    }
  }
}
