public import Gradus
public import GradusSQL

/// Completes updates in the foreground, for the steps of a plan that need them complete.
public struct ForegroundRunner: ForegroundCompleter {
  private let registry: UpdateRegistry
  private let options: BatchOptions

  /// - Parameters:
  ///   - registry: the updates that can be run.
  ///   - options: how batches are sized.
  public init(registry: UpdateRegistry, options: BatchOptions = .foreground) {
    self.registry = registry
    self.options = options
  }

  /// Whether the update is registered.
  public func knows(_ name: String) -> Bool { registry.names.contains(name) }

  /// Runs the queued ones of these updates, and what they depend on, to their end.
  ///
  /// - Throws: `GradusError` with code `updatesPending` where one cannot be completed.
  public func complete(
    _ names: [String], on session: Session, report: @escaping @Sendable (UpdateProgressReport) -> Void
  ) async throws {
    let runner = UpdateRunner(session: session, registry: registry, options: options) { event in
      if case .batch(let progress) = event { report(progress) }
    }
    let summary = try await runner.run(Set(names))
    guard !summary.waiting.isEmpty else { return }
    let reasons = summary.waiting.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
    throw GradusError(
      .updatesPending, "updates that must be complete are not: \(reasons.joined(separator: "; "))",
      hint: "mend the cause and run again; what was done is kept")
  }
}
