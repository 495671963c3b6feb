import Foundation
import Gradus
import GradusSQL
import GradusUpdates
import HomeserverSchema

/// The statistics of a sample homeserver of some memberships and of a tenth of them, twenty to a room.
struct StatisticsBenchmark {
  let memberships: Int

  func run(_ place: Place, runs: Int, into report: inout Report) async throws {
    for count in [max(200, memberships / 10), max(200, memberships)] {
      Progress.tell("statistics, \(place.engine): a sample of \(count) memberships")
      try await place.withDatabase { driver in
        let session = try await Session.open(driver)
        try await Self.makeTables(on: session, driver)
        try await SampleDatabase(rooms: count / 20, memberships: count, users: max(100, count / 20)).fill(
          session)
        for number in 1...runs {
          Progress.tell("statistics, \(place.engine), run \(number): \(count) memberships")
          try await measure(count, place, session, &report)
        }
      }
    }
  }

  private func measure(
    _ count: Int, _ place: Place, _ session: Session, _ report: inout Report
  ) async throws {
    func add(_ subject: String, _ unit: String, _ run: Run) {
      let subject = "\(count) memberships, \(subject)"
      let engine = place.engine.description
      report.add("statistics", engine, subject, "rate", unit, Double(run.subjects) / run.seconds)
      report.add(
        "statistics", engine, subject, "processor", "µs each",
        run.processorSeconds * 1e6 / Double(run.subjects))
      report.add("statistics", engine, subject, "peak", "MB", Double(run.peak) / 1e6)
    }
    try await Self.clear(session)
    let single = try await Self.measure {
      try await session.run { try RoomByRoom.run(on: $0, limit: 1000) }
    }
    add("rooms, a room at a time", "rooms/s", single)
    try await Self.clear(session)
    for (what, name, unit) in [
      ("rooms", "populate_stats_process_rooms", "rooms/s"),
      ("users", "populate_stats_process_users", "users/s"),
    ] {
      add("\(what), first", unit, try await update(name, session))
      add("\(what), again", unit, try await update(name, session))
    }
    try await Self.check(session)
  }

  private struct Run {
    let subjects: Int
    let seconds: Double
    let processorSeconds: Double
    let peak: Int
  }

  private static func measure(_ work: () async throws -> Int) async throws -> Run {
    ResourceUsage.resetPeak()
    let watch = Stopwatch()
    let subjects = try await work()
    return Run(
      subjects: subjects, seconds: watch.seconds, processorSeconds: watch.processorSeconds,
      peak: ResourceUsage.current.peakMemory)
  }

  private func update(_ name: String, _ session: Session) async throws -> Run {
    try await session.run { connection in
      _ = try connection.execute(
        "INSERT INTO background_updates (update_name, progress_json) VALUES ($1, '{}')", [.text(name)])
    }
    let runner = UpdateRunner(
      session: session,
      registry: UpdateRegistry(handlers: HomeserverUpdates.handlers, declarations: [UpdateDeclaration]()),
      options: DeclaredBackfill.options(BatchOptions(pause: .zero)), environment: DeclaredBackfill.quiet)
    return try await Self.measure {
      let summary = try await runner.run([name])
      guard summary.completed == [name] else {
        throw BenchmarkError("the update is not complete: \(summary.waiting)")
      }
      let table = name.hasSuffix("rooms") ? "room_stats_current" : "user_stats_current"
      return try await session.run { connection in
        Int(try connection.queryRow("SELECT COUNT(*) FROM \(table)")?.integer(0) ?? 0)
      }
    }
  }

  /// The worked example's tables, those of the history included, without any updates.
  private static func makeTables(on session: Session, _ driver: any Driver) async throws {
    let root = World.package.deletingLastPathComponent()
    let schema = try SchemaDefinition(root: root, knownUpdates: Set(HomeserverUpdates.handlers.map(\.name)))
    try await DatabaseMigrator(
      schema: try schema.acting(as: 86), database: PhysicalDatabase(driver: driver)
    ).migrate(on: session)
    let history = try String(
      contentsOf: root.appending(path: "delta/main/88/03_statistics_history.sql"), encoding: .utf8)
    try await session.run { try $0.executeScript(history) }
  }

  private static func clear(_ session: Session) async throws {
    try await session.run { connection in
      for table in [
        "room_stats_current", "room_stats_state", "room_stats_slices", "user_stats_current",
        "user_stats_slices",
      ] {
        _ = try connection.execute("DELETE FROM \(table)")
      }
      if connection.engine == .postgres { _ = try connection.execute("ANALYZE") }
    }
  }

  /// The sums over all rooms and over all users must be those of the state.
  private static func check(_ session: Session) async throws {
    let wrong = try await session.run { connection in
      try connection.queryRow(
        """
        SELECT (SELECT SUM(joined_members) FROM room_stats_current), (SELECT CAST(SUM(joined_rooms) AS BIGINT) FROM user_stats_current),
          (SELECT COUNT(*) FROM current_state_events WHERE membership = 'join'),
          (SELECT COUNT(*) FROM room_stats_state), (SELECT COUNT(DISTINCT room_id) FROM current_state_events)
        """)
    }
    guard let values = wrong?.values, values[0].integer == values[2].integer,
      values[1].integer == values[2].integer,
      values[3].integer == values[4].integer
    else { throw BenchmarkError("the result is wrong: \(wrong?.values ?? [])") }
  }
}
