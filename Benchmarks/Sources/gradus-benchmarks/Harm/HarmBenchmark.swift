import Foundation
import Gradus
import GradusSQL

/// What a backfill does to the latency of an application that writes the same table at a fixed rate.
///
/// The application is a process of its own. Its latencies count from the moment at which a transaction was due, so that
/// one that waits does not hide those which queue behind it.
struct HarmBenchmark: Sendable {
  let rows: Int
  /// How long each run is measured.
  let seconds: Int
  /// The application's transactions a second.
  let rate: Int

  /// Before it is measured: batches grow, caches fill.
  private static let warmUp = 4

  func run(_ place: Place, runs: Int, into report: inout Report) async throws {
    report = try await place.withLocation { [report] location, driver in
      var report = report
      let session = try await Session.open(driver)
      try await Items.make(rows: rows, on: session)
      try await session.run { connection in
        try connection.execute("CREATE TABLE messages (id BIGINT, text TEXT NOT NULL)")
      }
      try await HarmingBackfill.queue(driver)
      for run in 1...runs {
        // In turn, so that what else the machine does falls on all of them.
        for subject in HarmingBackfill.Subject.allCases {
          Progress.tell("harm, \(place.engine), \(subject.rawValue), run \(run) of \(runs)")
          try await measure(subject, location, driver, session, &report)
        }
      }
      return report
    }
  }

  private func measure(
    _ subject: HarmingBackfill.Subject, _ location: DatabaseLocation, _ driver: any Driver,
    _ session: Session, _ report: inout Report
  ) async throws {
    try await session.run { connection in
      try connection.execute("UPDATE background_updates SET progress_json = '{}'")
      try Items.settle(connection)
    }
    let before = try await Items.touches(on: session)
    let backfill = HarmingBackfill(subject)
    let task = Task { try await backfill.run(driver) }
    let foreground = Foreground(rows: rows, rate: rate, warmUp: Self.warmUp, seconds: seconds)
    let latencies: Latencies
    do {
      latencies = try await foreground.run(on: location)
    } catch {
      backfill.stop(task)
      throw error
    }
    backfill.stop(task)
    let elapsed = try await task.value
    for (quantity, value) in latencies.summary {
      report.add("harm", location.engine.rawValue, subject.rawValue, quantity, "ms", value)
    }
    guard subject != .none else { return }
    let touched = try await Items.touches(on: session) - before
    guard touched > 0, touched < rows else {
      throw BenchmarkError(
        "the backfill was through after \(touched) rows, or did nothing; give other --rows")
    }
    report.add(
      "harm", location.engine.rawValue, subject.rawValue, "backfill", "rows/s", Double(touched) / elapsed)
  }
}
