import GradusSQL
import GradusTestSupport
import GradusUpdates

/// What it costs to find that there is nothing to do, as at most starts of an application.
struct IdleBenchmark {
  private static let times = 200

  func run(_ place: Place, runs: Int, into report: inout Report) async throws {
    for number in 1...runs {
      Progress.tell("idle, \(place.engine), run \(number)")
      let (microseconds, calls) = try await place.withDatabase { driver in
        let counting = CountingDriver(driver)
        let session = try await Session.open(counting)
        try await Items.make(rows: 1, on: session)
        func run() async throws {
          _ = try await UpdateRunner(
            session: session, registry: UpdateRegistry(), environment: DeclaredBackfill.quiet
          ).run()
        }
        // The first makes the tables, the second prepares the statements.
        for _ in 0..<2 { try await run() }
        let before = counting.statements.count
        let watch = Stopwatch()
        for _ in 0..<Self.times { try await run() }
        return (
          watch.seconds * 1e6 / Double(Self.times),
          Double(counting.statements.count - before) / Double(Self.times)
        )
      }
      report.add("idle", place.engine.description, "run of an empty queue", "time", "µs", microseconds)
      report.add("idle", place.engine.description, "run of an empty queue", "calls", "", calls)
    }
  }
}
