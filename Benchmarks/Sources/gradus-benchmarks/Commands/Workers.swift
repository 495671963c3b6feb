import ArgumentParser

struct Workers: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "One, two and four workers on one backfill; PostgreSQL only.")

  @OptionGroup var options: CommonOptions

  func run() async throws {
    try await options.report { place, report in
      // SQLite has one writer, and so one worker.
      guard place.engine == .postgres else { return }
      try await Benchmark.workers(options).run(place, runs: options.runs, into: &report)
    }
  }
}
