import GradusSQL
import GradusTestSupport
import GradusUpdates

/// What a batch costs by the runner beyond the same batch by hand.
struct OverheadBenchmark {
  /// No more rows than these for one size of batches.
  let rows: Int
  let sizes = [1, 10, 100, 1000]

  private static let name = "overhead"
  private static let assignments = "result = id + length(payload), touched = touched + 1, state = 1"
  private static let result = "id + length(payload)"

  private enum Contender: String, CaseIterable {
    case hand = "by hand"
    case runner = "runner"
  }

  fileprivate struct Run {
    /// Microseconds a batch, on the wall and of this process's processor time.
    var microseconds: Double
    var processor: Double
    var batches: Int
  }

  private func batches(of size: Int) -> Int { max(1, min(2000, rows / size)) }

  func run(_ place: Place, runs: Int, into report: inout Report) async throws {
    for size in sizes {
      for number in 1...runs {
        var hand: Run?
        for contender in Contender.allCases {
          Progress.tell(
            "\(Self.name), \(place.engine), batches of \(size), run \(number): \(contender.rawValue)")
          let run = try await measure(contender, size, place)
          func add(_ subject: String, _ quantity: String, _ value: Double) {
            report.add(
              Self.name, place.engine.description, "batches of \(size): \(subject)", quantity, "µs", value)
          }
          add(contender.rawValue, "a batch", run.microseconds)
          add(contender.rawValue, "client's processor", run.processor)
          if let hand { add("difference", "a batch", run.microseconds - hand.microseconds) }
          hand = run
        }
      }
    }
    for contender in Contender.allCases {
      report.add(
        Self.name, place.engine.description, contender.rawValue, "calls a batch", "",
        try await calls(contender, place))
    }
  }

  private func measure(_ contender: Contender, _ size: Int, _ place: Place) async throws -> Run {
    try await place.withDatabase { driver in
      let session = try await Session.open(driver)
      let count = size * batches(of: size)
      try await Items.make(rows: count, on: session)
      let run = try await perform(contender, size, driver)
      try await Items.check(result: Self.result, written: count, on: session)
      return run
    }
  }

  /// The statements a batch, with what begins and ends its transaction; what a run costs once is spread over its batches.
  private func calls(_ contender: Contender, _ place: Place) async throws -> Double {
    try await place.withDatabase { driver in
      let counting = CountingDriver(driver)
      try await Items.make(rows: 10_000, on: Session.open(driver))
      try await DeclaredBackfill(sql: "").queue(driver)
      let run = try await perform(contender, 10, counting, isQueued: true)
      return Double(counting.statements.count) / Double(run.batches)
    }
  }

  private func perform(_ contender: Contender, _ size: Int, _ driver: any Driver, isQueued: Bool = false)
    async throws
    -> Run
  {
    let backfill = DeclaredBackfill(sql: "UPDATE items SET \(Self.assignments) WHERE {range}")
    if !isQueued { try await backfill.queue(driver) }
    switch contender {
    case .hand:
      let work = HandWritten(assignments: Self.assignments)
      let session = try await Session.open(driver)
      var (last, batches) = (Int64(0), 0)
      let watch = Stopwatch()
      while let batch = try await work.batch(past: last, size: size, on: session) {
        last = batch.last
        batches += 1
      }
      return Run(watch.seconds, watch.processorSeconds, batches)
    case .runner:
      let fixed = BatchOptions(pause: .zero, defaultBatchSize: size, minBatchSize: size, maxBatchSize: size)
      let run = try await backfill.run(driver, fixed)
      return Run(run.seconds, run.processorSeconds, run.batches)
    }
  }
}

extension OverheadBenchmark.Run {
  fileprivate init(_ seconds: Double, _ processorSeconds: Double, _ batches: Int) {
    let scale = 1e6 / Double(max(1, batches))
    self.init(microseconds: seconds * scale, processor: processorSeconds * scale, batches: batches)
  }
}
