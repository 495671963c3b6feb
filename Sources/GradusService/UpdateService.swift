public import Gradus
public import GradusUpdates
import Logging
public import ServiceLifecycle

/// Background updates as a service of an application: runs them while the application serves, and at a graceful shutdown
/// ends within one batch.
///
///     let updates = UpdateService(
///       databases: [database], registry: registry,
///       environment: UpdateRunner.Environment(version: schema.ledger.version))
///     try await ServiceGroup(
///       services: [updates, server], gracefulShutdownSignals: [.sigterm], logger: logger
///     ).run()
public struct UpdateService: Service {
  private let pools: [(database: String, pool: WorkerPool)]
  private let control: RunControl
  private let wanted: Set<String>?
  private let goal: RunGoal
  private let onEnd: @Sendable (_ database: String, UpdateRunner.Summary) -> Void
  private let onFailure: @Sendable (_ database: String, any Error) -> Void

  /// - Parameters:
  ///   - databases: the physical databases, whose queues are worked off side by side.
  ///   - registry: the updates that can be run.
  ///   - options: how batches are sized, spaced and limited.
  ///   - environment: the hold of the application on its runners, its own pacing, log and metrics.
  ///   - workers: how many runners a PostgreSQL database gets, at most `WorkerPool.mostWorkers`.
  ///   - preempts: whether updates are taken from workers of other processes.
  ///   - wanted: the updates to run, with what they depend on; nil for all.
  ///   - goal: when the service ends by itself.
  ///   - report: told what happens.
  ///   - onEnd: told what each database's run came to.
  public init(
    databases: [PhysicalDatabase], registry: UpdateRegistry, options: UpdateOptions = UpdateOptions(),
    environment: UpdateRunner.Environment = UpdateRunner.Environment(), workers: Int = 1,
    preempts: Bool = false,
    wanted: Set<String>? = nil, until goal: RunGoal = .forever,
    report: @escaping @Sendable (UpdateEvent) -> Void = { _ in },
    onEnd: @escaping @Sendable (UpdateRunner.Summary) -> Void = { _ in }
  ) {
    self.init(
      databases: databases, registry: registry, options: options, environment: environment, workers: workers,
      preempts: preempts, wanted: wanted, until: goal, reportOfDatabase: { _, event in report(event) },
      onEndOfDatabase: { _, summary in onEnd(summary) },
      // Of several only one is thrown.
      onFailureOfDatabase: { database, error in
        environment.logger.error(
          "the updates of a database cannot go on",
          metadata: ["database": "\(database)", "error": "\(error)"])
      })
  }

  /// As the other, for who has to know of which database something is told: by its name.
  package init(
    databases: [PhysicalDatabase], registry: UpdateRegistry, options: UpdateOptions,
    environment: UpdateRunner.Environment, workers: Int, preempts: Bool = false, wanted: Set<String>? = nil,
    until goal: RunGoal = .forever,
    reportOfDatabase: @escaping @Sendable (_ database: String, UpdateEvent) -> Void,
    onEndOfDatabase: @escaping @Sendable (_ database: String, UpdateRunner.Summary) -> Void = { _, _ in },
    onFailureOfDatabase: @escaping @Sendable (_ database: String, any Error) -> Void = { _, _ in }
  ) {
    pools = databases.map { database in
      let name = database.name
      let pool = WorkerPool(
        database: database, registry: registry, options: options, environment: environment, workers: workers,
        preempts: preempts, report: { reportOfDatabase(name, $0) })
      return (name, pool)
    }
    control = environment.control
    self.wanted = wanted
    self.goal = goal
    onEnd = onEndOfDatabase
    onFailure = onFailureOfDatabase
  }

  /// Runs until the goal is reached or the service group shuts down. A database that cannot be used any more does not
  /// stop the work on the others, unless that would go on for ever.
  ///
  /// - Throws: `GradusError` with code `databaseTooNew` where the version is shut out; `SQLError` where a database cannot
  ///   be used, the first of several, whose errors are logged; `CancellationError`.
  public func run() async throws {
    try await withGracefulShutdownHandler {
      try await withThrowingTaskGroup(of: Failure?.self) { group in
        for place in pools.indices { group.addTask { try await run(place) } }
        var failures: [Failure] = []
        for try await failure in group { if let failure { failures.append(failure) } }
        if let first = failures.min(by: { $0.place < $1.place }) { throw first.error }
      }
    } onGracefulShutdown: {
      control.stop()
    }
  }

  /// What a database's run has failed with, and which one of them it is.
  private struct Failure: Sendable {
    let place: Int
    let error: any Error
  }

  private func run(_ place: Int) async throws -> Failure? {
    let (database, pool) = pools[place]
    do {
      onEnd(database, try await pool.run(wanted, until: goal))
      return nil
    } catch  where goal != .forever && !Task.isCancelled {
      onFailure(database, error)
      return Failure(place: place, error: error)
    }
  }
}
