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
  /// When the last one came. A terminal, or `timeout`, that signals a process and its group does so twice at once.
  private let last = Mutex<ContinuousClock.Instant?>(nil)
  private static let atOnce = Duration.milliseconds(100)

  /// Takes the signals from now on.
  ///
  /// - Parameter task: the command.
  /// - Returns: what receives them, to be kept.
  func receive(for task: Task<Void, any Error>) -> [any DispatchSourceSignal] {
    let registered = DispatchGroup()
    let sources = [SIGINT, SIGTERM].map { number in
      #if canImport(Darwin)
        // On Linux Dispatch sets a handler of its own, once for all sources.
        signal(number, SIG_IGN)
      #endif
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { self.received(task) }
      registered.enter()
      source.setRegistrationHandler { registered.leave() }
      source.resume()
      return source
    }
    // Until then a signal would end the process where it is.
    _ = registered.wait(timeout: .now() + .seconds(1))
    return sources
  }

  private func received(_ task: Task<Void, any Error>) {
    let isRepeated = last.withLock { last in
      let now = ContinuousClock.now
      defer { last = now }
      return last.map { now - $0 < Self.atOnce } ?? false
    }
    guard !isRepeated else { return }
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
