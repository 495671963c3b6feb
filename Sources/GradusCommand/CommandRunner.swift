public import ArgumentParser
import Dispatch
import Foundation

/// Runs a command with Ctrl-C and SIGTERM as cancellation, and turns errors into messages and exit codes.
public enum CommandRunner {
  /// - Parameter root: the program's root command.
  public static func main(_ root: (some ParsableCommand).Type) async -> Never {
    let command: any ParsableCommand
    do {
      command = try root.parseAsRoot()
    } catch {
      root.exit(withError: error)
    }
    let task = Task { try await run(command) }
    let sources = cancelOnSignals(task)
    defer { sources.forEach { $0.cancel() } }
    do {
      try await task.value
      Foundation.exit(0)
    } catch let code as ExitCode {
      Foundation.exit(code.rawValue)
    } catch {
      // Help, a version, wrong usage: the parser's own business.
      let parserCode = root.exitCode(for: error)
      if parserCode == .success || parserCode == .validationFailure { root.exit(withError: error) }
      let isStopped = task.isCancelled
      Terminal.message(
        isStopped
          ? "stopped; the batch or step under way was rolled back, and a rerun goes on from there"
          : "error: \(error)")
      Foundation.exit(isStopped ? ExitStatus.interrupted.rawValue : ExitStatus.of(error).rawValue)
    }
  }

  private static func run(_ command: any ParsableCommand) async throws {
    var command = command
    if var asynchronous = command as? any AsyncParsableCommand {
      try await asynchronous.run()
    } else {
      try command.run()
    }
  }

  private static func cancelOnSignals(_ task: Task<Void, any Error>) -> [any DispatchSourceSignal] {
    [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { task.cancel() }
      source.resume()
      return source
    }
  }
}
