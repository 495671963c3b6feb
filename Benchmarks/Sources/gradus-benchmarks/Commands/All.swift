import ArgumentParser

struct All: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "All but floor, harm and port.")

  @OptionGroup var options: CommonOptions

  func run() async throws {
    try await options.report { place, report in
      // First, while nothing else has left its mark on the process's memory.
      try await Benchmark.memory(options).run(place, runs: 1, into: &report)
      for every in [100, 1000] {
        try await Benchmark.sparse(options, every: every, limit: 10).run(
          place, runs: options.runs, into: &report)
      }
      try await Benchmark.overhead(options).run(place, runs: options.runs, into: &report)
      try await Benchmark.keys(options).run(place, runs: options.runs, into: &report)
      if place.engine == .postgres {
        try await Benchmark.workers(options).run(place, runs: options.runs, into: &report)
      }
      try await Benchmark.resign(options).run(place, runs: options.runs, into: &report)
      try await Benchmark.statistics(options).run(place, runs: options.runs, into: &report)
      try await Benchmark.directory(options).run(place, runs: options.runs, into: &report)
      try await IdleBenchmark().run(place, runs: options.runs, into: &report)
    }
  }
}
