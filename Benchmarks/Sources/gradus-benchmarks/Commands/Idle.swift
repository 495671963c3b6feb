import ArgumentParser

struct Idle: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "What it costs to find that nothing is queued.")

  @OptionGroup var options: CommonOptions

  func run() async throws {
    try await options.report { place, report in
      try await IdleBenchmark().run(place, runs: options.runs, into: &report)
    }
  }
}
