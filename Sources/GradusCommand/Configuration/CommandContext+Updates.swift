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

  /// Completes updates for the steps of a plan.
  ///
  /// - Parameter version: the version that the application acts as; the schema's where nil.
  package func foregroundRunner(version: Int? = nil) -> ForegroundRunner {
    ForegroundRunner(
      registry: registry, options: updates.inForeground, environment: environment(version: version))
  }
}
