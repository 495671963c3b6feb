import ArgumentParser

struct Statistics: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "A homeserver's statistics of rooms and users, in batches and a room at a time.")

  @OptionGroup var options: CommonOptions

  func run() async throws {
    try await options.report { place, report in
      try await Benchmark.statistics(options).run(place, runs: options.runs, into: &report)
    }
  }
}
