import ArgumentParser
import Gradus

/// The exit codes of all commands.
enum ExitStatus {
  /// Work is pending, or something was found.
  static let pending = ExitCode(2)
  /// The compat version refuses this version of the application, or cannot rise past those that run.
  static let refused = ExitCode(3)
  /// Stopped by Ctrl-C or SIGTERM.
  static let interrupted = ExitCode(130)

  static func of(_ error: any Error) -> ExitCode {
    switch error {
    case let error as GradusError where [.databaseTooNew, .versionsStillRunning].contains(error.code):
      refused
    case is CancellationError: interrupted
    default: ExitCode(1)
    }
  }
}
