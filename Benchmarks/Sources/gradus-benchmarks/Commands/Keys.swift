import ArgumentParser

struct Keys: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "A backfill along keys of one and of two columns.")

  @OptionGroup var options: CommonOptions

  func run() async throws {
    try await options.report { place, report in
      try await Benchmark.keys(options).run(place, runs: options.runs, into: &report)
    }
  }
}
