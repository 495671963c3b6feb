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

  /// The databases that an update is queued on: those with the logical databases of its deltas. All where only code queues
  /// it.
  func databases(ofDeltas deltas: [SchemaFile]) -> [PhysicalDatabase] {
    let logical = Set(deltas.map(\.database))
    guard !logical.isEmpty, !logical.contains(.common) else { return databases }
    return databases.filter { $0.databases.map { !$0.isDisjoint(with: logical) } ?? true }
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
