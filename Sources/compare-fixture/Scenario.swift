import GradusSQL
import GradusTestSupport
import HomeserverFixtures

/// A fixture, what is done to it, and what must come of it.
struct Scenario {
  let name: String
  let database: String
  let steps: @Sendable (TestDatabase, Homeserver, inout Check) async throws -> Void

  /// Compares tables at one point of a scenario.
  struct Check {
    let scenario: String
    let engine: Engine
    var report: Report

    mutating func compare(
      _ tables: [(table: String, key: [String])], with folder: String, _ database: TestDatabase
    ) async throws {
      let session = try await database.open()
      for (table, key) in tables {
        let rows = try await session.run { try TableDump.lines(table, orderedBy: key, on: $0) }
        report.add(scenario, engine, table, folder, rows, expected: try Fixtures.lines("\(folder)/\(table)"))
      }
    }

    mutating func expectEmptyQueue(_ database: TestDatabase) async throws {
      let rows = try await database.open().run {
        try TableDump.lines("background_updates", orderedBy: ["update_name"], on: $0)
      }
      report.add(scenario, engine, "background_updates", "none queued", rows, expected: [])
    }
  }

  func run(on engine: Engine, _ homeserver: Homeserver, _ report: inout Report) async throws {
    var check = Check(scenario: name, engine: engine, report: report)
    try await FixtureDatabase.withDatabase(database, on: engine) { database in
      try await steps(database, homeserver, &check)
    }
    report = check.report
  }

  private static let queue = [(table: "background_updates", key: ["update_name"])]

  static let all: [Scenario] =
    [fullBackfill, statistics] + ["message", "new_room"].flatMap { [rollback($0), completion($0)] }

  /// All rows computed anew by background updates.
  private static let fullBackfill = Scenario(name: "full backfill", database: "homeserver-small.sqlite") {
    database, homeserver, check in
    try await database.open().transaction { try Arming.run($0) }
    try homeserver.run("updates", "run", on: database)
    try await check.compare(TableDump.slidingSync, with: "expected/sliding_sync", database)
    try await check.expectEmptyQueue(database)
  }

  /// All statistics computed anew.
  private static let statistics = Scenario(name: "statistics", database: "homeserver-small.sqlite") {
    database, homeserver, check in
    try await database.open().transaction { try Arming.runStatistics($0) }
    try homeserver.run("updates", "run", on: database)
    try await check.compare(TableDump.statistics, with: "expected/stats", database)
    try await check.expectEmptyQueue(database)
  }

  /// N+1 starts after N wrote, and catches up in the background.
  private static func rollback(_ variant: String) -> Scenario {
    Scenario(name: "rollback: \(variant)", database: "stale/\(variant)/homeserver.sqlite") {
      database, homeserver, check in
      let folder = "stale/\(variant)"
      try await check.compare(TableDump.slidingSync + queue, with: "\(folder)/1-stale", database)
      try homeserver.run("migrate", "--to", "87", on: database)
      try await check.compare(TableDump.slidingSync + queue, with: "\(folder)/2-after-start", database)
      // A second start finds nothing more to purge.
      try homeserver.run("plan", "--to", "87", on: database)
      try homeserver.run("updates", "run", "--to", "87", on: database)
      try await check.compare(TableDump.slidingSync + queue, with: "\(folder)/3-after-background", database)
    }
  }

  /// N+2 starts after N wrote, and completes before it serves.
  private static func completion(_ variant: String) -> Scenario {
    Scenario(name: "completion: \(variant)", database: "stale/\(variant)/homeserver.sqlite") {
      database, homeserver, check in
      try homeserver.run("migrate", on: database)
      try await check.compare(TableDump.slidingSync, with: "stale/\(variant)/3-after-background", database)
      try await check.expectEmptyQueue(database)
    }
  }
}
