import GradusSQL
import GradusUpdates

/// A backfill that has something to do in few of the rows that it has to look at.
struct SparseBenchmark {
  let rows: Int
  /// One row in so many needs work.
  let every: Int
  /// How long to run what would not end, in seconds.
  let limit: Double

  private static let name = "sparse"
  private static let assignments = "state = 1, result = id + length(payload), touched = touched + 1"
  private static let result = "id + length(payload)"
  private static let condition = "state = 0"

  private enum Contender: String, CaseIterable {
    case bare = "one statement"
    case runner = "runner"
    case verified = "runner, with where"
    case unbounded = "runner, batches of any size"
    case hits = "rule fed with rows written"
  }

  /// What one run came to.
  private struct Run {
    var seconds: Double
    var batches: Int
    var largest: Int
    /// The part of the rows that was reached before the time was up.
    var fraction = 1.0
  }

  func run(_ place: Place, runs: Int, into report: inout Report) async throws {
    for number in 1...runs {
      var bare = 0.0
      for contender in Contender.allCases {
        Progress.tell("\(Self.name), \(place.engine), run \(number): \(contender.rawValue)")
        let run = try await measure(contender, place)
        if contender == .bare { bare = run.seconds }
        add(run, contender, place.engine, ratio: run.seconds / run.fraction / bare, into: &report)
      }
    }
  }

  private func add(
    _ run: Run, _ contender: Contender, _ engine: Engine, ratio: Double, into report: inout Report
  ) {
    func add(_ quantity: String, _ unit: String, _ value: Double) {
      report.add(
        "\(Self.name) (1 row in \(every))", engine.description, contender.rawValue, quantity, unit, value)
    }
    let (seconds, batches) = (run.seconds / run.fraction, (Double(run.batches) / run.fraction).rounded())
    if run.fraction < 1 { add("reached in the limit", "%", 100 * run.fraction) }
    add(run.fraction < 1 ? "time, extrapolated" : "time", "s", seconds)
    add("to one statement", "x", ratio)
    guard contender != .bare else { return }
    add("batches", "", batches)
    add("largest batch", "rows", Double(run.largest))
    // By default the application has the database for a second between two batches.
    add("time with 1 s pauses", "s", seconds + batches)
  }

  private func measure(_ contender: Contender, _ place: Place) async throws -> Run {
    try await place.withDatabase { driver in
      let session = try await Session.open(driver)
      try await Items.make(rows: rows, every: every, on: session)
      let run =
        switch contender {
        case .bare: try await bare(session)
        case .hits: try await hits(driver, session)
        case .runner: try await runner(driver, nil, BatchOptions(pause: .zero))
        case .verified: try await runner(driver, Self.condition, BatchOptions(pause: .zero))
        case .unbounded: try await runner(driver, nil, BatchOptions(pause: .zero, maxBatchSize: .max / 16))
        }
      if run.fraction == 1 {
        try await Items.check(result: Self.result, written: rows / every, on: session)
      }
      return run
    }
  }

  private func bare(_ session: Session) async throws -> Run {
    let watch = Stopwatch()
    try await session.transaction { connection in
      _ = try connection.execute("UPDATE items SET \(Self.assignments) WHERE \(Self.condition)")
    }
    return Run(seconds: watch.seconds, batches: 1, largest: rows)
  }

  private func runner(_ driver: any Driver, _ condition: String?, _ options: BatchOptions) async throws -> Run
  {
    let backfill = DeclaredBackfill(
      sql: "UPDATE items SET \(Self.assignments) WHERE {range} AND \(Self.condition)", condition: condition)
    try await backfill.queue(driver)
    let run = try await backfill.run(driver, options)
    return Run(seconds: run.seconds, batches: run.batches, largest: run.largest)
  }

  private func hits(_ driver: any Driver, _ session: Session) async throws -> Run {
    let work = HandWritten(assignments: Self.assignments, condition: Self.condition)
    try await DeclaredBackfill(sql: "").queue(driver)
    var rule = SynapseRule()
    var run = Run(seconds: 0, batches: 0, largest: 0)
    var last: Int64 = 0
    let watch = Stopwatch()
    while watch.seconds < limit {
      let size = rule.size
      let start = Stopwatch()
      guard let batch = try await work.batch(past: last, size: size, on: session) else {
        run.seconds = watch.seconds
        return run
      }
      rule.record(items: batch.written, milliseconds: start.seconds * 1000)
      last = batch.last
      run.batches += 1
      run.largest = max(run.largest, size)
    }
    run.seconds = watch.seconds
    run.fraction = Double(last) / Double(rows)
    return run
  }
}
