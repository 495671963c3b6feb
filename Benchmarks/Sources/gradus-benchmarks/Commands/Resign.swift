import ArgumentParser

struct Resign: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "A homeserver's events, signed and then signed anew.")

  @OptionGroup var options: CommonOptions

  func run() async throws {
    try await options.report { place, report in
      try await Benchmark.resign(options).run(place, runs: options.runs, into: &report)
    }
  }
}
