import Dispatch
import Foundation

/// Ctrl-C and SIGTERM: the first one cancels, and one more ends the process, whatever it leaves behind.
enum StopSignal {
  static let exitCode: Int32 = 130

  /// - Returns: what receives the signals, to be kept.
  static func receive(for task: Task<Void, any Error>) -> [any DispatchSourceSignal] {
    let registered = DispatchGroup()
    let sources = [SIGINT, SIGTERM].map { number in
      #if canImport(Darwin)
        // On Linux Dispatch sets a handler of its own.
        signal(number, SIG_IGN)
      #endif
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        if task.isCancelled { _exit(exitCode) }
        task.cancel()
      }
      registered.enter()
      source.setRegistrationHandler { registered.leave() }
      source.resume()
      return source
    }
    // Until then a signal would end the process where it is.
    _ = registered.wait(timeout: .now() + .seconds(1))
    return sources
  }
}
