/// The benchmarks with their default sizes.
enum Benchmark {
  static func sparse(_ options: CommonOptions, every: Int, limit: Double) -> SparseBenchmark {
    SparseBenchmark(rows: options.rows ?? 1_000_000, every: every, limit: limit)
  }

  static func overhead(_ options: CommonOptions) -> OverheadBenchmark {
    OverheadBenchmark(rows: options.rows ?? 300_000)
  }

  static func workers(_ options: CommonOptions) -> WorkersBenchmark {
    WorkersBenchmark(rows: options.rows ?? 400_000)
  }

  static func keys(_ options: CommonOptions) -> KeysBenchmark {
    KeysBenchmark(rows: options.rows ?? 300_000)
  }

  static func memory(_ options: CommonOptions) -> MemoryBenchmark {
    MemoryBenchmark(rows: options.rows ?? 1_000_000)
  }

  static func resign(_ options: CommonOptions) -> ResignBenchmark {
    ResignBenchmark(events: options.rows ?? 100_000)
  }

  static func statistics(_ options: CommonOptions) -> StatisticsBenchmark {
    StatisticsBenchmark(memberships: options.rows ?? 100_000)
  }

  static func directory(_ options: CommonOptions) -> DirectoryBenchmark {
    DirectoryBenchmark(memberships: options.rows ?? 100_000)
  }
}
