import Dispatch
import Foundation
import GradusUpdates
import ServiceLifecycle
import Synchronization

/// What Ctrl-C and SIGTERM do to a command. While services run the first one asks them to end in order; the next one, or
/// the first where none run, cancels the command; one more, which comes where that has no effect, ends the process.
final class StopSignals: Sendable {
  /// Those of the command that runs; nil where the application runs it by itself.
  @TaskLocal static var current: StopSignals?

  private enum Stage {
    case working
    case serving(ServiceGroup)
    case cancelled
  }

  /// What the next signal meets.
  private let stage = Mutex(Stage.working)

  /// Takes the signals from now on.
  ///
  /// - Parameter task: the command.
  /// - Returns: what receives them, to be kept.
  func receive(for task: Task<Void, any Error>) -> [any DispatchSourceSignal] {
    [SIGINT, SIGTERM].map { number in
      #if canImport(Darwin)
        // On Linux Dispatch sets a handler of its own, once for all sources.
        signal(number, SIG_IGN)
      #endif
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { self.received(task) }
      source.resume()
      return source
    }
  }

  private func received(_ task: Task<Void, any Error>) {
    let met = stage.withLock { stage in
      let met = stage
      if case .serving = met { stage = .working } else { stage = .cancelled }
      return met
    }
    switch met {
    case .serving(let group): Task { await group.triggerGracefulShutdown() }
    case .working: task.cancel()
    case .cancelled: _exit(ExitStatus.interrupted.rawValue)
    }
  }

  /// Runs services until one of them ends; the first signal meanwhile asks them to end in order, the last of them first.
  ///
  /// - Throws: what the service throws that ends the others; `CancellationError`.
  static func run(_ services: [any Service]) async throws {
    try Task.checkCancellation()
    let signals = current
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: services.map {
          ServiceGroupConfiguration.ServiceConfiguration(
            service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
            failureTerminationBehavior: .cancelGroup)
        }, gracefulShutdownSignals: signals == nil ? [.sigterm, .sigint] : [], logger: .silent))
    signals?.begin(group)
    defer { signals?.end() }
    try await group.run()
  }

  private func begin(_ group: ServiceGroup) {
    stage.withLock { if case .working = $0 { $0 = .serving(group) } }
  }

  private func end() {
    stage.withLock { if case .serving = $0 { $0 = .working } }
  }
}
