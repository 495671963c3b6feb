import ArgumentParser

/// Measures the engine of background updates.
@main
struct GradusBenchmarks: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gradus-benchmarks",
    abstract: "Measures the engine of background updates.",
    discussion: """
      Runs of what is compared alternate; of each the smallest, the median and the largest value is printed. A wrong \
      result ends the program with an error.
      """,
    subcommands: [
      Sparse.self, Overhead.self, Keys.self, Workers.self, Memory.self, Resign.self, Statistics.self,
      Directory.self, Floor.self, Idle.self, Harm.self, HarmWriter.self, All.self,
    ],
    defaultSubcommand: All.self)

  /// Runs a command with Ctrl-C and SIGTERM as cancellation, so that its databases and processes go with it.
  static func main() async {
    // Nothing begins before signals are received: until then one would end the process where it is.
    let (received, isReceived) = AsyncStream.makeStream(of: Void.self)
    let task = Task {
      for await _ in received {}
      try Task.checkCancellation()
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    }
    let sources = StopSignal.receive(for: task)
    isReceived.finish()
    defer { sources.forEach { $0.cancel() } }
    do {
      try await task.value
    } catch {
      if task.isCancelled { exit(withError: ExitCode(StopSignal.exitCode)) }
      exit(withError: error)
    }
  }
}
