import ArgumentParser

struct Harm: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "What a backfill does to an application's latency; see docs/harm.md.")

  @OptionGroup var options: CommonOptions
  @Option(help: "How long each run is measured.") var seconds = 5
  @Option(help: "The application's transactions a second.") var rate = 150

  func validate() throws {
    guard seconds >= 1, rate >= 1 else { throw ValidationError("--seconds and --rate are at least 1") }
  }

  func run() async throws {
    let benchmark = HarmBenchmark(rows: options.rows ?? 1_000_000, seconds: seconds, rate: rate)
    try await options.report { place, report in
      try await benchmark.run(place, runs: options.runs, into: &report)
    }
  }
}
