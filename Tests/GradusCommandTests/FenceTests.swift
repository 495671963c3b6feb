import Foundation
import Gradus
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// Programs of an older version that run while the compat version is to rise past it.
@Suite struct FenceTests {
  /// Runs a test with a shop at version 2, whose updates are paused: version 3 does not need them.
  private func withShop(_ engine: Engine, _ body: (Shop) async throws -> Void) async throws {
    let schema = try TemporarySchema.shop()
    try schema.write(
      "schema/schema.yaml",
      "version: 3\ncompat_version: 2\nversions: {1: {compat: 1}, 2: {compat: 1}, 3: {compat: 2}}\n")
    try await Shop.with(engine, schema) { shop in
      try await shop.gradus("migrate", "--to", "2")
      try await shop.gradus("updates", "pause")
      try await body(shop)
    }
  }

  /// A program that acts as version 1 until it is stopped.
  private func startOld(_ shop: Shop) async throws -> RunningProgram {
    let program = try shop.start(["updates", "run", "--to", "1", "--until-done", "--format", "json"])
    try await program.waits(for: "\"event\":\"waiting\"")
    return program
  }

  private func lines(_ shop: Shop) async throws -> [String] {
    try await DatabaseDump.lines(shop.database, withCircumstances: false)
  }

  @Test(arguments: TestDatabase.availableEngines)
  func migrateGivesUpAndAKilledProcessIsNoObstacle(engine: Engine) async throws {
    try await withShop(engine) { shop in
      let old = try await startOld(shop)
      let before = try await lines(shop)
      let who =
        engine == .sqlite
        ? "schema version 1: gradus pid \(old.id) on " : "schema version 1: gradus, server process "

      let plan = try await shop.gradus("plan")
      #expect(plan.code == 2)
      #expect(plan.output.contains("   waits for the end of \(who)"), "\(plan)")
      let status = try await shop.gradus("status")
      #expect(status.output.contains("  running: \(who)"), "\(status)")
      let json = try await shop.gradus("status", "--format", "json").objects().first
      let running = (json?["databases"] as? [[String: Any]])?.first?["running"] as? [[String: Any]]
      #expect(running?.count == 1)
      #expect(running?.first?["version"] as? Int == 1)
      #expect(running?.first?["name"] as? String == "gradus")
      #expect(running?.first?["since"] as? String != nil)

      let result = try await shop.gradus("migrate", "--fence-timeout", "0")
      #expect(result.code == 3, "\(result)")
      #expect(result.messages.contains("processes of older versions still run: \(who)"), "\(result)")
      #expect(result.messages.contains(", since "), "\(result)")
      #expect(result.messages.contains("raise --fence-timeout"), "\(result)")
      #expect(try await lines(shop) == before)

      old.send(SIGKILL)
      #expect(try await old.result().code == nil)
      let next = try await shop.gradus("migrate")
      #expect(next.code == 0, "\(next)")
      let late = try await shop.gradus("updates", "run", "--to", "1")
      #expect(late.code == 3, "\(late)")
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func migrateWaitsAndGoesOn(engine: Engine) async throws {
    try await withShop(engine) { shop in
      let old = try await startOld(shop)
      let migration = try shop.start(["migrate", "--fence-timeout", "100", "--format", "json"])
      try await migration.waits(for: "\"event\":\"versions_running\"")
      let late = try await shop.gradus("updates", "run", "--to", "1")
      #expect(late.code == 3, "\(late)")
      #expect(late.messages.contains("is shutting out the versions below 2; this is version 1"), "\(late)")
      old.send(SIGTERM)
      #expect(try await old.result().code == 130)
      let result = try await migration.result()
      #expect(result.code == 0, "\(result)")
      #expect(result.output.components(separatedBy: "versions_running").count == 2, "\(result)")
    }
  }

  /// What the old process writes meanwhile has a purge join the steps: the result counts those that were done.
  @Test(arguments: TestDatabase.availableEngines)
  func theResultCountsWhatWasDone(engine: Engine) async throws {
    try await Shop.with(engine, TemporarySchema.shop()) { shop in
      try await shop.gradus("migrate", "--to", "2")
      try await shop.gradus("updates", "run", "--to", "2")
      let session = try await shop.database.open()
      try await session.transaction { connection in
        try connection.execute("INSERT INTO customers VALUES ('ann')")
        try connection.execute("INSERT INTO orders VALUES (1, 'ann', 10)")
        try connection.execute("INSERT INTO totals VALUES ('ann', 10, 1)")
      }
      try await shop.gradus("migrate", "--to", "2")
      let old = try await VersionPresence.announce(
        version: 1, on: PhysicalDatabase(driver: shop.database.driver), checkingEvery: nil)
      let migration = try shop.start(["migrate", "--fence-timeout", "100", "--format", "json"])
      try await migration.waits(for: "\"event\":\"versions_running\"")
      try await session.run { _ = try $0.execute("INSERT INTO orders VALUES (2, 'ann', 5)") }
      await old.release()
      let result = try await migration.result()
      #expect(result.code == 0, "\(result)")
      let events = try result.objects()
      let done = events.filter { $0["event"] as? String == "step_finished" }
      #expect(done.contains { $0["name"] as? String == "purge_stale" })
      let databases = events.last?["databases"] as? [[String: Any]]
      #expect(databases?.first?["steps"] as? Int == done.count)
    }
  }

  /// The migration that waits is killed: its fence goes with it.
  @Test(arguments: TestDatabase.availableEngines)
  func aKilledMigrationLeavesNoFence(engine: Engine) async throws {
    try await withShop(engine) { shop in
      let old = try await startOld(shop)
      let migration = try shop.start(["migrate", "--fence-timeout", "100", "--format", "json"])
      try await migration.waits(for: "\"event\":\"versions_running\"")
      migration.send(SIGKILL)
      #expect(try await migration.result().code == nil)
      _ = try await startOld(shop)
      old.send(SIGTERM)
      #expect(try await old.result().code == 130)
    }
  }

  /// Each of two databases has its own processes.
  @Test func severalDatabases() async throws {
    try await withShop(.sqlite) { shop in
      try await TestDatabase.withDatabase(.sqlite) { other in
        let configuration = shop.schema.root.appending(path: "gradus.yaml").path
        try shop.schema.write(
          "gradus.yaml",
          """
          databases:
            first: {url: "\(shop.database.address)", databases: [main]}
            second: {url: "\(other.address)", databases: [state]}
          """)
        func gradus(_ arguments: String...) throws -> RunningProgram {
          try Program.gradus.start(
            arguments + ["--config", configuration, "--schema-root", shop.schema.root.path])
        }
        #expect(try await gradus("migrate", "--to", "2").result().code == 0)
        let old = try gradus("updates", "run", "--to", "1", "--until-done", "--format", "json")
        try await old.waits(for: "\"event\":\"waiting\"")
        let status = try await gradus("status", "--to", "2").result()
        #expect(status.output.components(separatedBy: "  running: schema version 1").count == 3, "\(status)")
        let refused = try await gradus("migrate", "--fence-timeout", "0").result()
        #expect(refused.code == 3, "\(refused)")
        old.send(SIGKILL)
        _ = try await old.result()
        let result = try await gradus("migrate", "--fence-timeout", "0").result()
        #expect(result.code == 0, "\(result)")
      }
    }
  }

  /// SQLite alone, where an announcement is a file that one can take away.
  @Test func thatItIsShutOutIsAnEventOfARun() async throws {
    try await withShop(.sqlite) { shop in
      let old = try await startOld(shop)
      try FileManager.default.removeItem(atPath: shop.database.address + ".gradus-live")
      #expect(try await shop.gradus("migrate", "--fence-timeout", "0").code == 0)
      let result = try await old.result()
      #expect(result.code == 3, "\(result)")
      #expect(try result.objects().contains { $0["event"] as? String == "shut_out" }, "\(result)")
    }
  }

  @Test func aTimeoutBelowZeroIsWrongUsage() async throws {
    let result = try await Program.gradus.run(["migrate", "--fence-timeout", "-1"])
    #expect(result.code == 64, "\(result)")
  }
}
