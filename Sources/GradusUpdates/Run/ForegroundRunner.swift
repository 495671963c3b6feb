public import Gradus
public import GradusSQL

/// Completes updates in the foreground, for the steps of a plan that need them complete.
public struct ForegroundRunner: ForegroundCompleter {
  private let registry: UpdateRegistry
  private let options: UpdateOptions
  private let environment: UpdateRunner.Environment
  private let workers: Int

  /// How many batches run at the same time where nothing else is said. Processes of a service that runs on several hosts
  /// work on its updates side by side as well, so that updates allow for it.
  public static let defaultWorkers = 2

  /// - Parameters:
  ///   - registry: the updates that can be run.
  ///   - options: how batches are sized.
  ///   - environment: the application's version, log and metrics.
  ///   - workers: how many batches run at the same time, at least 1 and at most `WorkerPool.mostWorkers`, each beside the
  ///     first on a connection of its own. On SQLite there is one.
  public init(
    registry: UpdateRegistry, options: UpdateOptions = .foreground,
    environment: UpdateRunner.Environment = UpdateRunner.Environment(), workers: Int = Self.defaultWorkers
  ) {
    precondition(workers >= 1)
    self.registry = registry
    self.options = options
    self.environment = environment
    self.workers = workers
  }

  /// Whether the update is registered.
  public func knows(_ name: String) -> Bool { registry.work(for: name) != nil }

  /// An index is not built through a pooler.
  public func obstacle(to name: String, on session: Session) async throws -> String? {
    guard let work = registry.work(for: name), try await work.needsDirectAddress(session) else { return nil }
    return WaitReason.needsDirectAddress.description
  }

  /// Runs the queued ones of these updates, and what they depend on, to their end; also those that are parked or that
  /// other workers have.
  ///
  /// - Throws: `GradusError` with code `updatesPending` where one cannot be completed.
  public func complete(
    _ names: [String], of database: PhysicalDatabase, on session: Session,
    report: @escaping @Sendable (UpdateProgressReport) -> Void
  ) async throws {
    let summary = try await run(Set(names), of: database, on: session) { event in
      switch event {
      case .batch(let progress, _) where progress.isComplete: break
      case .batch(let progress, _), .progress(let progress): report(progress)
      // Of an update that workers share, or that is verified by itself, no batch is known to be the last.
      case .completed(let certificate):
        report(
          UpdateProgressReport(
            name: certificate.name, scanned: certificate.scanned, written: certificate.written, remaining: 0,
            isComplete: true))
      default: break
      }
    }
    guard !summary.waiting.isEmpty else { return }
    let reasons = summary.waiting.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
    throw GradusError(
      .updatesPending, "updates that must be complete are not: \(reasons.joined(separator: "; "))",
      hint: "mend the cause and run again; what was done is kept")
  }

  private func run(
    _ names: Set<String>, of database: PhysicalDatabase, on session: Session,
    report: @escaping @Sendable (UpdateEvent) -> Void
  ) async throws -> UpdateRunner.Summary {
    try await WorkerPool(
      database: database, session: session, registry: registry, options: options, environment: environment,
      workers: workers, preempts: true, report: report
    ).run(names)
  }
}
