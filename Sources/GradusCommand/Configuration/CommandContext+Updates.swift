import Gradus
package import GradusUpdates
import Logging

extension CommandContext {
  /// What runners of a command share.
  ///
  /// Progress goes to the terminal as events do; a log beside it would say the same.
  ///
  /// - Parameters:
  ///   - version: the version that the application acts as; the schema's where nil.
  ///   - control: the hold on the runners.
  package func environment(
    version: Int? = nil, control: RunControl = RunControl()
  ) -> UpdateRunner.Environment {
    UpdateRunner.Environment(
      control: control, version: version ?? schema.ledger.version, logger: Self.silentLogger)
  }

  /// Completes updates for the steps of a plan.
  ///
  /// - Parameter version: the version that the application acts as; the schema's where nil.
  package func foregroundRunner(version: Int? = nil) -> ForegroundRunner {
    ForegroundRunner(
      registry: registry, options: updates.inForeground, environment: environment(version: version))
  }

  static var silentLogger: Logger { Logger(label: "gradus") { _ in SwiftLogNoOpLogHandler() } }
}
