public import Gradus
import GradusSQL

/// Several runners of one process on one database, each with a connection of its own.
///
/// More than one helps on PostgreSQL, where they share the queue out among themselves; on SQLite there is one writer, so
/// there is one runner.
public struct WorkerPool: Sendable {
  /// How many workers a pool has at most: each is a connection, of which a server has few.
  public static let mostWorkers = 64

  private let database: PhysicalDatabase
  private let registry: UpdateRegistry
  private let options: UpdateOptions
  private let environment: UpdateRunner.Environment
  private let workers: Int
  private let session: Session?
  private let preempts: Bool
  private let report: @Sendable (UpdateEvent) -> Void

  /// - Parameters:
  ///   - database: the database.
  ///   - registry: the updates that can be run.
  ///   - options: how batches are sized, spaced and limited.
  ///   - environment: what the runners share.
  ///   - workers: how many, at least 1; of more than `mostWorkers` so many. Those that cannot connect leave the work to
  ///     the others.
  ///   - preempts: whether updates are taken from workers of other processes.
  ///   - report: told what happens.
  public init(
    database: PhysicalDatabase, registry: UpdateRegistry, options: UpdateOptions = UpdateOptions(),
    environment: UpdateRunner.Environment = UpdateRunner.Environment(), workers: Int = 1,
    preempts: Bool = false,
    report: @escaping @Sendable (UpdateEvent) -> Void = { _ in }
  ) {
    self.init(
      database: database, session: nil, registry: registry, options: options, environment: environment,
      workers: workers, preempts: preempts, report: report)
  }

  /// - Parameter session: what the first worker runs on; it ends when that is lost.
  init(
    database: PhysicalDatabase, session: Session?, registry: UpdateRegistry, options: UpdateOptions,
    environment: UpdateRunner.Environment, workers: Int, preempts: Bool,
    report: @escaping @Sendable (UpdateEvent) -> Void
  ) {
    precondition(workers >= 1)
    self.database = database
    self.session = session
    self.registry = registry
    self.options = options
    self.environment = environment
    self.workers = database.driver.engine == .sqlite ? 1 : min(workers, Self.mostWorkers)
    self.preempts = preempts
    self.report = report
  }

  /// Runs until the goal is reached. A lost connection is opened again: with `forever` however long that takes, else for
  /// as long as the options say.
  ///
  /// - Parameters:
  ///   - wanted: the updates to run, with what they depend on; nil for all.
  ///   - goal: when the run ends.
  /// - Returns: what all runners came to.
  /// - Throws: `GradusError` with code `databaseTooNew` where the version is shut out; `SQLError` where the database
  ///   cannot be used; `CancellationError`.
  public func run(_ wanted: Set<String>? = nil, until goal: RunGoal = .idle) async throws
    -> UpdateRunner.Summary
  {
    let run = Run(
      wanted: wanted, goal: goal, reporter: PoolReporter(workers: workers, tell: report),
      presence: PoolPresence(workers: workers))
    return try await withThrowingTaskGroup(of: UpdateRunner.Summary.self) { group in
      let (isConnected, connected) = AsyncStream.makeStream(of: Bool.self)
      group.addTask {
        defer { connected.finish() }
        return try await work(0, run) {
          run.presence.open()
          connected.yield(true)
        }
      }
      // The server may have connections for some only: the first worker, which alone takes updates from others, is not
      // to be refused because of the rest.
      if await isConnected.contains(true) {
        for number in 1..<workers { group.addTask { try await work(number, run) } }
      }
      var total = UpdateRunner.Summary()
      for try await summary in group { total.merge(summary) }
      total.completed = run.record.completed
      // Some other worker may have looked last before it was completed, or the one that has completed it, after it was queued
      // again.
      let doubtful = total.completed.filter { total.waiting[$0] != nil }
      for name in try await unqueued(doubtful) { total.waiting[name] = nil }
      return total
    }
  }

  /// Those of completed updates that are not queued again. A stop waits for no answer.
  private func unqueued(_ names: [String]) async throws -> [String] {
    guard !names.isEmpty, !environment.control.isStopping else { return names }
    do {
      return try await environment.control.untilStop {
        let asked: Session
        if let session { asked = session } else { asked = try await Session.open(database.driver) }
        return try await asked.run { connection in
          try names.filter { try !QueueControls(connection).isQueued($0) }
        }
      }
    } catch let error as SQLError {
      try Task.checkCancellation()
      // Without an answer what the workers saw last stands.
      return error.code == .cancelled && environment.control.isStopping ? names : []
    }
  }

  /// What the workers of one run share.
  private struct Run: Sendable {
    let wanted: Set<String>?
    let goal: RunGoal
    let reporter: PoolReporter
    let presence: PoolPresence
    let record = RunRecord()
    let unfinished = UnfinishedUpdates()
  }

  /// One worker, from its first connection to the run's end.
  ///
  /// - Parameter onConnection: called when it has a connection, the first time and again.
  private func work(
    _ number: Int, _ run: Run, onConnection: @escaping @Sendable () -> Void = {}
  ) async throws -> UpdateRunner.Summary {
    let tell = run.reporter.report(of: number)
    return try await database.naming {
      try await connect(number, run, onConnection) { event in
        if run.record.note(event, of: number) { tell(event) }
      }
    }
  }

  private func connect(
    _ number: Int, _ run: Run, _ onConnection: @escaping @Sendable () -> Void,
    report: @escaping @Sendable (UpdateEvent) -> Void
  ) async throws -> UpdateRunner.Summary {
    if number == 0, let session {
      onConnection()
      let summary = try await runner(on: session, number, run, report).run(run.wanted, until: run.goal)
      run.presence.end()
      return summary
    }
    var reconnection = Reconnection(limit: run.goal == .forever ? nil : options.reconnectTimeout)
    var isLost = false
    // Why the database could not be reached, as was logged last.
    var logged: String?
    while true {
      do {
        let session = try await environment.control.untilStop { try await Session.open(database.driver) }
        onConnection()
        reconnection.recordConnection(at: .now)
        if isLost {
          let certificate = try await run.record.unheardCompletion(of: number, on: session)
          (isLost, logged) = (false, nil)
          environment.logger.info(
            "the database is connected to again", metadata: ["database": "\(database.name)"])
          report(.reconnected)
          if let certificate { report(.completed(certificate)) }
        }
        let summary = try await runner(on: session, number, run, report).run(run.wanted, until: run.goal)
        run.presence.end()
        return summary
      } catch let error as SQLError {
        try Task.checkCancellation()
        // A stop waits for no server that does not answer.
        if error.code == .cancelled, environment.control.isStopping { return Self.stopped }
        if run.record.takeProgress(of: number) { reconnection.recordProgress() }
        guard let delay = reconnection.delay(after: error, at: .now) else {
          // Not only the first: which of them the server refuses after an outage is chance.
          guard [.cannotConnect, .connectionLost].contains(error.code), run.presence.leave() else {
            throw isLost ? givenUp(error) : error
          }
          run.reporter.leave(number)
          environment.logger.warning(
            "there is no connection for a further worker; the others do its work",
            metadata: ["database": "\(database.name)", "error": "\(error.message)"])
          return UpdateRunner.Summary()
        }
        // Each reason once: it may be so for days.
        environment.logger.log(
          level: error.message == logged ? .debug : .warning, "the database cannot be reached; trying again",
          metadata: ["database": "\(database.name)", "error": "\(error.message)"])
        logged = error.message
        if !isLost { report(.disconnected(error: error.message)) }
        isLost = true
        try await environment.control.sleep(for: delay)
        if environment.control.isStopping { return Self.stopped }
      }
    }
  }

  /// What comes of a worker that was stopped while it had no connection.
  private static var stopped: UpdateRunner.Summary {
    var summary = UpdateRunner.Summary()
    summary.isStopped = true
    return summary
  }

  private func runner(
    on session: Session, _ number: Int, _ run: Run, _ report: @escaping @Sendable (UpdateEvent) -> Void
  ) -> UpdateRunner {
    var runner = UpdateRunner(
      session: session, database: database, registry: registry, options: options, environment: environment,
      // The first worker alone takes updates from others, lest the pool's workers take them from each other.
      preempts: preempts && number == 0, report: report)
    runner.unfinished = run.unfinished
    return runner
  }

  private func givenUp(_ error: SQLError) -> SQLError {
    var error = error
    error.message += "; given up after \(options.reconnectTimeout)"
    error.hint = error.hint ?? "run again when the server is back: what was committed is kept"
    return error
  }
}
