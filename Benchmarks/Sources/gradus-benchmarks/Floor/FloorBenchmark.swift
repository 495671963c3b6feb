import Gradus
import GradusSQL
import GradusUpdates

/// Background updates by the runner against statements that do the same in one go, which is as little as it can take;
/// at several sizes, to see whether a row costs the same in all of them.
struct FloorBenchmark {
  let source: FloorSource
  let works: [any FloorWork.Type]
  /// Numbers of rows of the source.
  let sizes: [Int]

  private enum Contender: String, CaseIterable {
    case floor = "in one go"
    case runner = "runner"
    case foreground = "runner, in the foreground"
    /// PostgreSQL only.
    case workers = "two workers"

    static func all(on engine: Engine) -> [Contender] {
      allCases.filter { $0 != .workers || engine == .postgres }
    }
  }

  func run(_ place: Place, runs: Int, into report: inout Report) async throws {
    for rows in sizes {
      for run in try await measure(rows, place, runs: runs) {
        func add(_ quantity: String, _ unit: String, _ value: Double) {
          report.add(
            run.work, place.engine.description, "\(rows) rows, \(run.contender.rawValue)", quantity, unit,
            value)
        }
        add("time", "s", run.seconds)
        add("each row", "µs", run.seconds * 1e6 / Double(rows))
        if run.contender != .floor { add("to one go", "x", run.seconds / run.floor) }
        add("peak", "MB", Double(run.peak) / 1e6)
      }
    }
  }

  private struct Run {
    let work: String
    let contender: Contender
    let seconds: Double
    let peak: Int
    /// The seconds of the statements in the same turn.
    var floor = 0.0
  }

  private func measure(_ rows: Int, _ place: Place, runs: Int) async throws -> [Run] {
    Progress.tell("\(place.engine), \(rows) rows: filling")
    return try await place.withCopies(
      of: { driver in try await source.fill(rows: rows, driver, try await Session.open(driver)) }
    ) { withCopy in
      var found: [Run] = []
      for work in works {
        for number in 1...runs {
          var floor = 0.0
          for contender in Contender.all(on: place.engine) {
            Progress.tell("\(work.name), \(place.engine), \(rows) rows, run \(number): \(contender.rawValue)")
            var run = try await withCopy { try await measure(work, contender, rows, $0) }
            if contender == .floor { floor = run.seconds }
            run.floor = floor
            found.append(run)
          }
        }
      }
      return found
    }
  }

  private func measure(
    _ work: any FloorWork.Type, _ contender: Contender, _ rows: Int, _ driver: any Driver
  ) async throws -> Run {
    let session = try await Session.open(driver)
    let queue = contender == .floor ? [] : work.queue
    // Makes the bookkeeping tables, too.
    _ = try await UpdateRunner(
      session: session, registry: UpdateRegistry(), environment: DeclaredBackfill.quiet
    ).run()
    try await session.run { connection in
      for (number, update) in queue.enumerated() {
        _ = try connection.execute(
          """
          INSERT INTO background_updates (update_name, progress_json, depends_on, ordering)
          VALUES ($1, '{}', $2, $3)
          """, [.text(update.name), SQLValue(update.dependsOn), SQLValue(number)])
      }
    }
    ResourceUsage.resetPeak()
    let watch = Stopwatch()
    switch contender {
    case .floor:
      let statements = work.statements(driver.engine)
      try await session.transaction { connection in
        for statement in statements { _ = try connection.execute(statement) }
      }
    case .runner: try await complete(work, UpdateOptions(batches: .init(pause: .zero)), session, driver)
    case .foreground: try await complete(work, .foreground, session, driver)
    case .workers: try await complete(work, UpdateOptions(batches: .init(pause: .zero)), workers: 2, driver)
    }
    let run = Run(
      work: work.name, contender: contender, seconds: watch.seconds, peak: ResourceUsage.current.peakMemory)
    try await work.check(rows: rows, session)
    return run
  }

  private func complete(
    _ work: any FloorWork.Type, _ options: UpdateOptions, _ session: Session, _ driver: any Driver
  ) async throws {
    let runner = UpdateRunner(
      session: session, database: PhysicalDatabase(driver: driver), registry: work.registry,
      options: options.unhindered, environment: DeclaredBackfill.quiet)
    try expectComplete(work, try await runner.run())
  }

  private func complete(
    _ work: any FloorWork.Type, _ options: UpdateOptions, workers: Int, _ driver: any Driver
  ) async throws {
    let pool = WorkerPool(
      database: PhysicalDatabase(driver: driver), registry: work.registry, options: options.unhindered,
      environment: DeclaredBackfill.quiet, workers: workers)
    try expectComplete(work, try await pool.run())
  }

  private func expectComplete(_ work: any FloorWork.Type, _ summary: UpdateRunner.Summary) throws {
    guard Set(summary.completed) == Set(work.queue.map(\.name)) else {
      throw BenchmarkError("not all is complete: \(summary.waiting)")
    }
  }
}

extension UpdateOptions {
  /// Without a look at the database's health, which would wait by intent.
  fileprivate var unhindered: UpdateOptions {
    var options = self
    options.health = .off
    return options
  }
}
