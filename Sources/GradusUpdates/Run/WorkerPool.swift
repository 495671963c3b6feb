public import Gradus
import GradusSQL

/// Several runners of one process on one database, each with a connection of its own.
///
/// More than one helps on PostgreSQL, where they share the queue out among themselves; on SQLite there is one writer, so
/// there is one runner.
public struct WorkerPool: Sendable {
  private let database: PhysicalDatabase
  private let registry: UpdateRegistry
  private let options: UpdateOptions
  private let environment: UpdateRunner.Environment
  private let workers: Int
  private let preempts: Bool
  private let report: @Sendable (UpdateEvent) -> Void

  /// - Parameters:
  ///   - database: the database.
  ///   - registry: the updates that can be run.
  ///   - options: how batches are sized, spaced and limited.
  ///   - environment: what the runners share.
  ///   - workers: how many, at least 1.
  ///   - preempts: whether updates are taken from workers of other processes.
  ///   - report: told what happens.
  public init(
    database: PhysicalDatabase, registry: UpdateRegistry, options: UpdateOptions = UpdateOptions(),
    environment: UpdateRunner.Environment = UpdateRunner.Environment(), workers: Int = 1,
    preempts: Bool = false,
    report: @escaping @Sendable (UpdateEvent) -> Void = { _ in }
  ) {
    precondition(workers >= 1)
    self.database = database
    self.registry = registry
    self.options = options
    self.environment = environment
    self.workers = database.driver.engine == .sqlite ? 1 : workers
    self.preempts = preempts
    self.report = report
  }

  /// Runs until the goal is reached.
  ///
  /// - Parameters:
  ///   - wanted: the updates to run, with what they depend on; nil for all.
  ///   - goal: when the run ends. With `forever` a lost connection is opened again, however long that takes.
  /// - Returns: what all runners came to.
  /// - Throws: `SQLError` where the database cannot be used; `CancellationError`.
  public func run(_ wanted: Set<String>? = nil, until goal: RunGoal = .idle) async throws
    -> UpdateRunner.Summary
  {
    let reporter = PoolReporter(workers: workers, tell: report)
    return try await withThrowingTaskGroup(of: UpdateRunner.Summary.self) { group in
      for number in 0..<workers {
        // The first worker alone takes updates from others, lest the pool's workers take them from each other.
        group.addTask {
          try await work(wanted, goal, preempts: preempts && number == 0, report: reporter.report(of: number))
        }
      }
      var total = UpdateRunner.Summary()
      for try await summary in group { total.merge(summary) }
      for name in total.completed { total.waiting[name] = nil }
      return total
    }
  }

  private func work(
    _ wanted: Set<String>?, _ goal: RunGoal, preempts: Bool, report: @escaping @Sendable (UpdateEvent) -> Void
  ) async throws -> UpdateRunner.Summary {
    var delay = Duration.seconds(1)
    while true {
      do {
        let runner = UpdateRunner(
          session: try await Session.open(database.driver), database: database, registry: registry,
          options: options, environment: environment, preempts: preempts, report: report)
        delay = .seconds(1)
        return try await runner.run(wanted, until: goal)
      } catch let error as SQLError
        where goal == .forever && (error.code == .connectionLost || error.code == .cannotConnect)
      {
        environment.logger.warning(
          "the database cannot be reached; trying again", metadata: ["error": "\(error.message)"])
        if environment.control.isStopping { return UpdateRunner.Summary() }
        try await environment.control.sleep(for: delay)
        delay = min(delay * 2, .seconds(30))
      }
    }
  }
}
