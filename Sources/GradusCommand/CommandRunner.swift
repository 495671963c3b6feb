public import ArgumentParser
import Foundation
import Gradus
import GradusSQL

/// Runs a command with Ctrl-C and SIGTERM as cancellation, and turns errors into messages and exit codes.
public enum CommandRunner {
  /// - Parameter root: the program's root command.
  public static func main(_ root: (some ParsableCommand).Type) async -> Never {
    let command: any ParsableCommand
    do {
      command = try root.parseAsRoot()
    } catch {
      if let text = misspeltCommand(error, root) {
        Terminal.message(text)
        Foundation.exit(ExitCode.validationFailure.rawValue)
      }
      root.exit(withError: error)
    }
    // A write to a reader that has gone, such as `tee` at Ctrl-C, is to fail and not to end what is under way.
    _ = signal(SIGPIPE, SIG_IGN)
    let kind = type(of: command)
    let format = format(of: command)
    let signals = StopSignals()
    // Nothing begins before signals are received: until then one would end the process where it is.
    let (received, isReceived) = AsyncStream.makeStream(of: Void.self)
    let task = Task {
      for await _ in received {}
      try Task.checkCancellation()
      try await StopSignals.$current.withValue(signals) { try await run(command) }
    }
    let sources = signals.receive(for: task)
    isReceived.finish()
    defer { sources.forEach { $0.cancel() } }
    do {
      try await task.value
      await leave(with: .success, format)
    } catch let code as ExitCode {
      await leave(with: code, format)
    } catch {
      let parserCode = root.exitCode(for: error)
      // Help: the parser's own business.
      if parserCode == .success { root.exit(withError: error) }
      if parserCode == .validationFailure {
        Terminal.message(usageError(error, of: kind, root))
        await leave(with: parserCode, format)
      }
      let isStopped = task.isCancelled
      let code = isStopped ? ExitStatus.interrupted : ExitStatus.of(error)
      switch format {
      case .text: Terminal.message(isStopped ? stopped(kind, by: error) : "error: \(error)")
      case .json:
        let isTold = !isStopped || isInterruptedDelta(error)
        Terminal.error(
          isTold ? error : SQLError(.cancelled, stopped(kind, by: error)), exitCode: code, format)
      }
      await leave(with: code, format)
    }
  }

  private static func format(of command: any ParsableCommand) -> OutputOptions.Format {
    (command as? any FormattedCommand)?.output.format ?? .text
  }

  /// The parser's message with the command that may have been meant; by itself it names options alone. Nil where it was
  /// no command that is misspelt.
  private static func misspeltCommand(_ error: any Error, _ root: any ParsableCommand.Type) -> String? {
    var command = root
    for argument in ProcessInfo.processInfo.arguments.dropFirst() {
      let commands = command.configuration.subcommands
      if let next = commands.first(where: { $0.configuration.commandName == argument }) {
        command = next
        continue
      }
      // The parser names all that it did not expect.
      let message = root.message(for: error)
      guard message.contains("nexpected argument"), message.contains("'\(argument)'"),
        let name = NearestName.of(argument, among: commands.compactMap { $0.configuration.commandName })
      else { return nil }
      return root.fullMessage(for: error).replacing(
        message, with: "\(message). Did you mean '\(name)'?", maxReplacements: 1)
    }
    return nil
  }

  /// Wrong usage that shows itself only as the command runs, in the form that the parser gives to all other.
  private static func usageError(
    _ error: any Error, of command: any ParsableCommand.Type, _ root: any ParsableCommand.Type
  ) -> String {
    let usage = root.usageString(for: command)
    let name = usage.split(separator: " ").prefix { $0.first?.isLetter == true }.joined(separator: " ")
    return """
      Error: \(root.message(for: error))
      Usage: \(usage)
        See '\(name) --help' for more information.
      """
  }

  private static func stopped(_ command: any ParsableCommand.Type, by error: any Error) -> String {
    if command is any AuthoringCommand.Type { return "stopped; nothing was written" }
    if isInterruptedDelta(error) { return "stopped: \(error)" }
    guard command is any SteppedCommand.Type else { return "stopped" }
    return "stopped; the batch or step under way was rolled back, and a rerun goes on from there"
  }

  /// What ran outside a transaction cannot be rolled back, and a rerun asks for a decision.
  private static func isInterruptedDelta(_ error: any Error) -> Bool {
    (error as? GradusError)?.code == .interruptedDelta
  }

  /// Ends the process when its sessions are closed, so that a copy of a SQLite file is all there is of the database.
  private static func leave(with code: ExitCode, _ format: OutputOptions.Format) async -> Never {
    await Session.finishWork(within: .seconds(2))
    guard let loss = Terminal.lostResult, code != ExitStatus.interrupted else {
      Foundation.exit(code.rawValue)
    }
    Terminal.error(
      SQLError(.other, "cannot write to standard output: \(loss)"), exitCode: .failure, format)
    Foundation.exit(ExitCode.failure.rawValue)
  }

  private static func run(_ command: any ParsableCommand) async throws {
    var command = command
    if var asynchronous = command as? any AsyncParsableCommand {
      try await asynchronous.run()
    } else {
      try command.run()
    }
  }
}
