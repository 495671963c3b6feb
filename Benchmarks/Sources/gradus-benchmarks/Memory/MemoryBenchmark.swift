import GradusSQL
import GradusUpdates

/// The memory of a run by the number of rows.
struct MemoryBenchmark {
  let rows: Int

  func run(_ place: Place, runs: Int, into report: inout Report) async throws {
    for _ in 0..<runs {
      for rows in [max(1, rows / 100), max(1, rows / 10), rows] {
        Progress.tell("memory, \(place.engine), \(rows) rows")
        let (before, peak, batches) = try await place.withDatabase { driver in
          try await Items.make(rows: rows, on: Session.open(driver))
          let backfill = DeclaredBackfill(
            sql:
              "UPDATE items SET state = 1, result = id + length(payload), touched = touched + 1 WHERE {range}"
          )
          try await backfill.queue(driver)
          ResourceUsage.resetPeak()
          let before = ResourceUsage.current.peakMemory
          let run = try await backfill.run(driver, BatchOptions(pause: .zero))
          let peak = ResourceUsage.current.peakMemory
          try await Items.check(result: "id + length(payload)", written: rows, on: Session.open(driver))
          return (before, peak, run.batches)
        }
        func add(_ quantity: String, _ unit: String, _ value: Double) {
          report.add("memory", place.engine.description, "\(rows) rows", quantity, unit, value)
        }
        add("resident before", "MB", Double(before) / 1e6)
        add("peak", "MB", Double(peak) / 1e6)
        add("batches", "", Double(batches))
      }
    }
  }
}
