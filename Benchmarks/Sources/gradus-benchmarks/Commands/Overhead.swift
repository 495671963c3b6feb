import ArgumentParser

struct Overhead: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "What a batch costs beyond the same batch by hand, by size of batches.")

  @OptionGroup var options: CommonOptions

  func run() async throws {
    try await options.report { place, report in
      try await Benchmark.overhead(options).run(place, runs: options.runs, into: &report)
    }
  }
}
