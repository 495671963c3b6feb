public import ArgumentParser
import Dispatch
import Foundation
import GradusSQL
import Synchronization

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
    let cancellingSignal = type(of: command) is any StopsGracefully.Type ? 2 : 1
    let task = Task { try await run(command) }
    let sources = cancelOnSignals(task, from: cancellingSignal)
    defer { sources.forEach { $0.cancel() } }
    do {
      try await task.value
      await leave(with: 0)
    } catch let code as ExitCode {
      await leave(with: code.rawValue)
    } catch {
      // Help, a version, wrong usage: the parser's own business.
      let parserCode = root.exitCode(for: error)
      if parserCode == .success || parserCode == .validationFailure { root.exit(withError: error) }
      let isStopped = task.isCancelled
      Terminal.message(
        isStopped
          ? "stopped; the batch or step under way was rolled back, and a rerun goes on from there"
          : "error: \(error)")
      await leave(with: isStopped ? ExitStatus.interrupted.rawValue : ExitStatus.of(error).rawValue)
    }
  }

  /// Ends the process when its sessions are closed, so that a copy of a SQLite file is all there is of the database.
  private static func leave(with code: Int32) async -> Never {
    await Session.finishWork(within: .seconds(2))
    guard let loss = Terminal.lostResult, code != ExitStatus.interrupted.rawValue else {
      Foundation.exit(code)
    }
    Terminal.message("error: cannot write to standard output: \(loss)")
    Foundation.exit(1)
  }

  private static func run(_ command: any ParsableCommand) async throws {
    var command = command
    if var asynchronous = command as? any AsyncParsableCommand {
      try await asynchronous.run()
    } else {
      try command.run()
    }
  }

  /// - Parameter first: the signal, counted from 1, that cancels; those before it are the command's own business.
  private static func cancelOnSignals(_ task: Task<Void, any Error>, from first: Int)
    -> [any DispatchSourceSignal]
  {
    let count = Mutex(0)
    return [SIGINT, SIGTERM].map { number in
      #if canImport(Darwin)
        // On Linux Dispatch sets a handler of its own, once for all sources: the command may have one by now, which this
        // would take the signal from.
        signal(number, SIG_IGN)
      #endif
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        if count.withLock({
          $0 += 1; return $0 >= first
        }) {
          task.cancel()
        }
      }
      source.resume()
      return source
    }
  }
}

/// A command that at the first signal ends by itself, soon and in order.
protocol StopsGracefully {}
