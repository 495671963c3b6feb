import ArgumentParser

struct Directory: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "A homeserver's user directory, built anew.")

  @OptionGroup var options: CommonOptions

  func run() async throws {
    try await options.report { place, report in
      try await Benchmark.directory(options).run(place, runs: options.runs, into: &report)
    }
  }
}
