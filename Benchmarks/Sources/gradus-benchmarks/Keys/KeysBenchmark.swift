import GradusSQL
import GradusUpdates

/// A backfill along keys of one and of two columns, with many and with few values of the first: slices of all of them
/// should cost about the same.
struct KeysBenchmark {
  let rows: Int

  private struct Key {
    let name: String
    let columns: [String]
    let areas: Int?
  }

  private static let keys = [
    Key(name: "id", columns: ["id"], areas: nil),
    Key(name: "area, id; 1000 areas", columns: ["area", "id"], areas: 1000),
    Key(name: "area, id; 2 areas", columns: ["area", "id"], areas: 2),
  ]

  func run(_ place: Place, runs: Int, into report: inout Report) async throws {
    for number in 1...runs {
      for key in Self.keys {
        Progress.tell("keys, \(place.engine), run \(number): \(key.name)")
        let run = try await measure(key, place)
        func add(_ quantity: String, _ unit: String, _ value: Double) {
          report.add("keys", place.engine.description, key.name, quantity, unit, value)
        }
        add("rate", "rows/s", Double(rows) / run.seconds)
        add("batches", "", Double(run.batches))
      }
    }
  }

  private func measure(_ key: Key, _ place: Place) async throws -> DeclaredBackfill.Run {
    try await place.withDatabase { driver in
      let session = try await Session.open(driver)
      try await Items.make(rows: rows, areas: key.areas, on: session)
      let backfill = DeclaredBackfill(
        key: key.columns, sql: "UPDATE items SET state = 1, touched = touched + 1, result = id WHERE {range}")
      try await backfill.queue(driver)
      let run = try await backfill.run(driver, BatchOptions(pause: .zero))
      try await Items.check(result: "id", written: rows, on: session)
      return run
    }
  }
}
