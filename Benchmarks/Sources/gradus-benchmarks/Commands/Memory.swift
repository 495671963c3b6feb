import ArgumentParser

struct Memory: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "The memory of a run by the number of rows.")

  @OptionGroup var options: CommonOptions

  func run() async throws {
    try await options.report { place, report in
      try await Benchmark.memory(options).run(place, runs: options.runs, into: &report)
    }
  }
}
