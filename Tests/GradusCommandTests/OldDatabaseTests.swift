import Foundation
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// Databases that another program, or an earlier Gradus, has made.
@Suite(.serialized) struct OldDatabaseTests {
  private static let ours = [
    "gradus_deltas", "gradus_delta_attempts", "gradus_migrations", "gradus_watermarks", "gradus_updates",
  ]
  private static let later = [
    "gradus_guards", "gradus_guard_triggers", "gradus_stale_marks", "gradus_update_certificates",
    "gradus_update_controls", "gradus_update_leases", "gradus_workers",
  ]

  /// A database in which version 2 has queued its updates, without these tables.
  private static func with(_ engine: Engine, without tables: [String], _ body: (Shop) async throws -> Void)
    async throws
  {
    try await Shop.with(engine, .steered()) { shop in
      #expect(try await shop.gradus("migrate").code == 0)
      for table in tables { try await shop.database.execute("DROP TABLE \(table)") }
      try await body(shop)
    }
  }

  /// The homeserver's five tables and a row of the queue are enough.
  @Test(arguments: TestDatabase.availableEngines)
  func aDatabaseWithoutTablesOfOurs(engine: Engine) async throws {
    try await Self.with(engine, without: Self.ours + Self.later) { shop in
      let before = try await DatabaseDump.lines(shop.database)
      #expect(!before.contains { $0.contains("gradus_") })
      #expect(try await shop.queue() == ["broken", "late", "script", "touch"])
      let list = try await shop.gradus("updates", "list", "--completed")
      #expect(list.code == 0 && list.output.contains("no completed update is certified"), "\(list)")
      let status = try await shop.gradus("status")
      #expect([0, 2].contains(status.code), "\(status)")
      #expect(status.output.contains("late: waits for broken"), "\(status)")
      // Those who only look change nothing.
      #expect(try await DatabaseDump.lines(shop.database) == before)

      #expect(try await shop.gradus("updates", "pause", "touch").code == 0)
      #expect(try await shop.queued("touch")?["paused_by"] != nil)
      #expect(try await shop.gradus("updates", "run", "touch").code == 2)
      #expect(try await shop.gradus("updates", "resume", "touch").code == 0)
      #expect(try await shop.gradus("updates", "run", "touch").code == 0)
      #expect(try await shop.database.values("SELECT DISTINCT touched FROM orders") == [1])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func anUpdateRunsWithoutTablesOfOurs(engine: Engine) async throws {
    try await Self.with(engine, without: Self.ours + Self.later) { shop in
      #expect(try await shop.gradus("updates", "run", "touch").code == 0)
      let scanned = try await shop.database.values("SELECT scanned FROM gradus_update_certificates")
      #expect(scanned == [300])
    }
  }

  @Test(arguments: TestDatabase.availableEngines, [["migrate"], ["updates", "run", "touch"]])
  func laterColumnsAreAdded(engine: Engine, command: [String]) async throws {
    try await Self.with(engine, without: Self.later) { shop in
      for column in ["average_rows", "average_ms", "batch_size"] {
        try await shop.database.execute("ALTER TABLE gradus_updates DROP COLUMN \(column)")
      }
      #expect(try await shop.queue() == ["broken", "late", "script", "touch"])
      let result = try await shop.start(command).result()
      #expect(result.code == 0, "\(result)")
      let columns = try await shop.database.values(
        "SELECT count(*) FROM gradus_updates WHERE average_rows > 0 AND average_ms > 0 AND batch_size > 0")
      #expect(columns == [0])
      #expect(try await shop.gradus("plan").code == 0)
      let run = try await shop.gradus("updates", "run", "touch")
      #expect(run.code == 0, "\(run)")
      #expect(try await shop.database.values("SELECT DISTINCT touched FROM orders") == [1])
    }
  }

  /// As an earlier release of Gradus has left it.
  @Test(arguments: TestDatabase.availableEngines, [["migrate"], ["updates", "run", "touch"]])
  func columnsOfRangesAndParkingAreAdded(engine: Engine, command: [String]) async throws {
    try await Self.with(engine, without: []) { shop in
      for (table, column) in [
        ("leases", "lower_key"), ("leases", "skipped"), ("controls", "parked_progress"),
      ] {
        try await shop.database.execute("ALTER TABLE gradus_update_\(table) DROP COLUMN \(column)")
      }
      #expect(try await shop.queue() == ["broken", "late", "script", "touch"])
      let status = try await shop.gradus("status")
      #expect([0, 2].contains(status.code) && status.output.contains("late: waits for broken"), "\(status)")
      let result = try await shop.start(command).result()
      #expect(result.code == 0, "\(result)")
      _ = try await shop.database.values("SELECT coalesce(lower_key, skipped) FROM gradus_update_leases")
      _ = try await shop.database.values("SELECT parked_progress FROM gradus_update_controls")
      let run = try await shop.gradus("updates", "run", "touch")
      #expect(run.code == 0, "\(run)")
      #expect(try await shop.database.values("SELECT DISTINCT touched FROM orders") == [1])
    }
  }
}
