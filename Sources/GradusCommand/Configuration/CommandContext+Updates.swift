import Gradus
package import GradusUpdates

extension CommandContext {
  /// What runners of a command share.
  ///
  /// - Parameters:
  ///   - version: the version that the application acts as; the schema's where nil.
  ///   - control: the hold on the runners.
  package func environment(
    version: Int? = nil, control: RunControl = RunControl()
  ) -> UpdateRunner.Environment {
    UpdateRunner.Environment(
      control: control, version: version ?? schema.ledger.version, logger: .silent)
  }

  /// The databases that a declared update is queued on: those with the logical database of its delta. All where code or
  /// SQL queues it.
  func databases(ofUpdate name: String) -> [PhysicalDatabase] {
    guard let path = schema.tree.declarations[name]?.file,
      let delta = schema.tree.deltas.values.joined().first(where: { $0.path == path }),
      delta.database != .common
    else { return databases }
    return databases.filter { $0.databases?.contains(delta.database) ?? true }
  }

  /// Completes updates for the steps of a plan.
  ///
  /// - Parameters:
  ///   - version: the version that the application acts as; the schema's where nil.
  ///   - workers: how many batches run at the same time.
  package func foregroundRunner(
    version: Int? = nil, workers: Int = ForegroundRunner.defaultWorkers
  ) -> ForegroundRunner {
    ForegroundRunner(
      registry: registry, options: updates.inForeground, environment: environment(version: version),
      workers: workers)
  }
}
