import GradusSQL
import GradusUpdates

/// Several workers on one declared backfill of a PostgreSQL database.
struct WorkersBenchmark {
  let rows: Int
  let counts = [1, 2, 4]

  private static let name = "workers"

  /// Work that differs in what it costs the server.
  private struct Work {
    let name: String
    /// What becomes of a row, as SQL that is costly or not, and as SQL to check it by.
    let value: String
    let result: String
    let rows: Int
  }

  private var works: [Work] {
    [
      Work(name: "cheap", value: "id + 1", result: "id + 1", rows: rows),
      // Two hundred hashes a row; a query of its own, as the server would else compute a constant once.
      Work(
        name: "costly",
        value: "id + (SELECT sum(length(md5(payload || n))) / 32 FROM generate_series(1, 200) AS n)",
        result: "id + 200", rows: max(1, rows / 10)),
    ]
  }

  func run(_ place: Place, runs: Int, into report: inout Report) async throws {
    for work in works {
      for number in 1...runs {
        var alone = 0.0
        for workers in counts {
          Progress.tell("\(Self.name), \(work.name) work, run \(number): workers: \(workers)")
          let run = try await measure(work, workers, place)
          if workers == 1 { alone = run.seconds }
          func add(_ quantity: String, _ unit: String, _ value: Double) {
            report.add(
              "\(Self.name), \(work.name) work", place.engine.description,
              workers == 1 ? "1 worker" : "\(workers) workers", quantity,
              unit, value)
          }
          add("rate", "rows/s", Double(work.rows) / run.seconds)
          add("speed-up", "x", alone / run.seconds)
          add("batches", "", Double(run.batches))
        }
      }
    }
  }

  private func measure(_ work: Work, _ workers: Int, _ place: Place) async throws -> DeclaredBackfill.Run {
    try await place.withDatabase { driver in
      let session = try await Session.open(driver)
      try await Items.make(rows: work.rows, on: session)
      let backfill = DeclaredBackfill(
        sql: "UPDATE items SET state = 1, touched = touched + 1, result = \(work.value) WHERE {range}")
      try await backfill.queue(driver)
      let run = try await backfill.run(driver, BatchOptions(pause: .zero), workers: workers)
      try await Items.check(result: work.result, written: work.rows, on: session)
      return run
    }
  }
}
