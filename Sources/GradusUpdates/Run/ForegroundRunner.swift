public import Gradus
public import GradusSQL

/// Completes updates in the foreground, for the steps of a plan that need them complete.
public struct ForegroundRunner: ForegroundCompleter {
  private let registry: UpdateRegistry
  private let options: UpdateOptions
  private let environment: UpdateRunner.Environment

  /// - Parameters:
  ///   - registry: the updates that can be run.
  ///   - options: how batches are sized.
  ///   - environment: the application's version, log and metrics.
  public init(
    registry: UpdateRegistry, options: UpdateOptions = .foreground,
    environment: UpdateRunner.Environment = UpdateRunner.Environment()
  ) {
    self.registry = registry
    self.options = options
    self.environment = environment
  }

  /// Whether the update is registered.
  public func knows(_ name: String) -> Bool { registry.names.contains(name) }

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
    let runner = UpdateRunner(
      session: session, database: database, registry: registry, options: options, environment: environment,
      preempts: true
    ) { event in
      switch event {
      case .batch(let progress, _), .progress(let progress): report(progress)
      default: break
      }
    }
    let summary = try await runner.run(Set(names))
    guard !summary.waiting.isEmpty else { return }
    let reasons = summary.waiting.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
    throw GradusError(
      .updatesPending, "updates that must be complete are not: \(reasons.joined(separator: "; "))",
      hint: "mend the cause and run again; what was done is kept")
  }
}
