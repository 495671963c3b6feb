import Foundation
public import Gradus
public import GradusSQL
public import Logging
public import Metrics

/// Runs the queued updates of one database, batch by batch.
///
/// Several runners may work on one PostgreSQL database, in one process or on several hosts: they share the queue out
/// among themselves, and a declared backfill by ranges of its key. On SQLite one runs and the others wait.
public struct UpdateRunner: Sendable {
  /// What runners of one process share.
  public struct Environment: Sendable {
    /// The hold of the application on its runners.
    public var control: RunControl
    /// The application's own pacing.
    public var pacing: UpdatePacing
    /// Fed by the application with its latencies; nil where it feeds none.
    public var latency: LatencyProbe?
    /// The application's schema version: stands in certificates, and once it is shut out no batch runs any more. With nil
    /// certificates say what the database does, and runners go on whatever its compat version.
    public var version: Int?
    /// A line a batch at debug, a line a milestone at info, a line a failure at warning or error.
    public var logger: Logger
    /// Where metrics go.
    public var metrics: any MetricsFactory

    /// - Parameters:
    ///   - control: the hold of the application on its runners.
    ///   - pacing: the application's own pacing.
    ///   - latency: fed by the application with its latencies.
    ///   - version: the application's schema version.
    ///   - logger: told what happens. By default of the system's kind, as it is now: set up logging before.
    ///   - metrics: where metrics go; by default to the system's factory, as it is now: set up metrics before.
    public init(
      control: RunControl = RunControl(), pacing: UpdatePacing = UpdatePacing(), latency: LatencyProbe? = nil,
      version: Int? = nil, logger: Logger = Logger(label: "gradus.updates"),
      metrics: any MetricsFactory = MetricsSystem.factory
    ) {
      self.control = control
      self.pacing = pacing
      self.latency = latency
      self.version = version
      self.logger = logger
      self.metrics = metrics
    }
  }

  /// What a run came to.
  public struct Summary: Sendable {
    /// The updates that this runner completed, in order.
    public var completed: [String] = []
    /// The updates that remain, each with the reason.
    public var waiting: [String: String] = [:]
    /// Whether the run was ended by `RunControl.stop`.
    public var isStopped = false

    /// Nothing.
    package init() {}

    /// Adds what another runner came to.
    package mutating func merge(_ other: Summary) {
      completed += other.completed
      waiting.merge(other.waiting) { first, _ in first }
      isStopped = isStopped || other.isStopped
    }
  }

  let session: Session
  let database: PhysicalDatabase?
  let registry: UpdateRegistry
  let options: UpdateOptions
  let environment: Environment
  let preempts: Bool
  let report: @Sendable (UpdateEvent) -> Void
  /// What time it is, for the windows.
  var date: @Sendable () -> Date = { Date() }
  /// What the metrics of its workers say.
  var unfinished = UnfinishedUpdates()

  /// - Parameters:
  ///   - session: a session of the database.
  ///   - database: the same database, for its name and for further connections to it: the progress of an index build is
  ///     read, and its hold kept, on another than it runs on. Nil where there can be no other connection.
  ///   - registry: the updates that can be run.
  ///   - options: how batches are sized, spaced and limited.
  ///   - environment: what runners of one process share.
  ///   - preempts: whether updates are taken from other workers, which a foreground completion does.
  ///   - report: told what happens.
  public init(
    session: Session, database: PhysicalDatabase? = nil, registry: UpdateRegistry,
    options: UpdateOptions = UpdateOptions(), environment: Environment = Environment(),
    preempts: Bool = false,
    report: @escaping @Sendable (UpdateEvent) -> Void = { _ in }
  ) {
    self.session = session
    self.database = database
    self.registry = registry
    self.options = options
    self.environment = environment
    self.preempts = preempts
    self.report = report
  }

  /// Runs until the goal is reached.
  ///
  /// - Parameters:
  ///   - wanted: the updates to run, with what they depend on; nil for all. Named ones are tried although parked.
  ///   - goal: when the run ends.
  /// - Returns: what was completed and what remains.
  /// - Throws: `GradusError` with code `databaseTooNew` where the version is shut out; `SQLError` where the database
  ///   cannot be used at all; `CancellationError`. A failing update does not throw: it is parked, and the others run on.
  public func run(_ wanted: Set<String>? = nil, until goal: RunGoal = .idle) async throws -> Summary {
    try await UpdateWorker(self, wanted: wanted, goal: goal).run()
  }
}
