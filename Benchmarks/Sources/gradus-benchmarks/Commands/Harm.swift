import ArgumentParser

struct Harm: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "What a backfill does to an application's latency; see docs/harm.md.")

  @OptionGroup var options: CommonOptions
  @Option(help: "How long each run is measured.") var seconds = 5
  @Option(help: "The application's transactions a second.") var rate = 150
  @Option(help: "sqlite, postgres or all.") var engine = "all"

  func validate() throws {
    guard seconds >= 1, rate >= 1 else { throw ValidationError("--seconds and --rate are at least 1") }
    guard ["sqlite", "postgres", "all"].contains(engine) else {
      throw ValidationError("--engine is sqlite, postgres or all")
    }
  }

  func run() async throws {
    let benchmark = HarmBenchmark(rows: options.rows ?? 1_000_000, seconds: seconds, rate: rate)
    try await options.report { place, report in
      guard engine == "all" || engine == place.engine.rawValue else { return }
      try await benchmark.run(place, runs: options.runs, into: &report)
    }
  }
}
