import ArgumentParser

struct Sparse: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "A backfill with something to do in few rows, against one statement and a rule fed with rows written.")

  @OptionGroup var options: CommonOptions

  @Option(help: "One row in so many needs work.")
  var every = 100

  @Option(help: "Seconds after which what would take too long is broken off and extrapolated.")
  var limit = 10.0

  func validate() throws {
    guard every >= 1 else { throw ValidationError("--every is at least 1") }
  }

  func run() async throws {
    try await options.report { place, report in
      try await Benchmark.sparse(options, every: every, limit: limit).run(
        place, runs: options.runs, into: &report)
    }
  }
}
