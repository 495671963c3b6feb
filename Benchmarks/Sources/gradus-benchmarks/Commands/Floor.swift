import ArgumentParser

struct Floor: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Background updates against statements that do the same in one go, at several sizes.")

  @OptionGroup var options: CommonOptions

  @Option(help: "What is measured: backfill, sliding-sync or statistics.")
  var work: [Work] = Work.allCases

  @Option(help: "Rows of the source, from --from to --rows by tens.")
  var from = 10_000

  enum Work: String, ExpressibleByArgument, CaseIterable {
    case backfill, statistics
    case slidingSync = "sliding-sync"

    var type: any FloorWork.Type {
      switch self {
      case .backfill: PlainBackfill.self
      case .statistics: RoomAndUserStatistics.self
      case .slidingSync: SlidingSync.self
      }
    }
  }

  func validate() throws {
    guard from >= 1000 else { throw ValidationError("--from is at least 1000") }
  }

  func run() async throws {
    let sizes = sequence(first: from) { $0 * 10 }.prefix { $0 <= options.rows ?? 1_000_000 }
    try await options.report { place, report in
      for source in FloorSource.allCases {
        let works = work.map(\.type).filter { $0.source == source }
        guard !works.isEmpty else { continue }
        try await FloorBenchmark(source: source, works: works, sizes: Array(sizes))
          .run(place, runs: options.runs, into: &report)
      }
    }
  }
}
