import Foundation
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// The primary crashes and a standby takes its place, in the middle of work.
@Suite(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
struct FailoverTests {
  /// `updates run` goes on at the new primary. Where commits wait for the standby, not one batch is lost or done twice.
  @Test(arguments: ReplicatedPair.Address.allCases)
  func aRunGoesOn(address: ReplicatedPair.Address) async throws {
    let pair = try await ReplicatedPair.start(isSynchronous: true)
    let shop = try await shop(pair, .sharedUpdates(), address)
    let gate = try await gate(3000, pair.primary)
    let run = try shop.start(["updates", "run", "--workers", address == .tcp ? "2" : "1", "--format", "json"])
    try await gate.waitForSomebody()
    try await pair.failOver()
    let result = try await run.result()
    #expect(result.code == 0, "\(result)")
    let objects = try result.objects()
    let events = objects.compactMap { $0["event"] as? String }
    #expect(events.contains("disconnected") && events.contains("reconnected"), "\(result)")
    #expect(!events.contains("failed") && !events.contains("parked"), "\(result)")
    // Also what was completed before.
    #expect((objects.last?["completed"] as? [String])?.count == 5, "\(result)")
    try await expectAsUndisturbed(pair, shop.schema)
  }

  /// A server that serves goes on, says so to who asks, and announces its version at the new primary.
  @Test func aServerGoesOn() async throws {
    let pair = try await ReplicatedPair.start(isSynchronous: true)
    let shop = try await shop(pair, .sharedUpdates(), .sockets)
    let gate = try await gate(3000, pair.primary)
    let served = try await Served.start(
      .gradus,
      [
        "--schema-root", shop.schema.root.path, "--database", shop.database.address, "--config",
        shop.schema.root.path + "/gradus.yaml",
      ])
    try await served.get("/ready") { $0.status == 200 }
    try await gate.waitForSomebody()
    try await pair.primary.stop(.immediate)
    try await served.get("/ready") { $0.status == 503 }
    #expect(try await served.get("/gradus/v1/status").status == 503)
    #expect(try await served.get("/health").status == 200)
    try await pair.failOver()
    try await served.get("/ready") { $0.status == 200 }
    // An older version would find this one running.
    try await served.get("/gradus/v1/status") { response in
      guard response.status == 200 else { return false }
      let database = (try response.object()["databases"] as? [[String: Any]])?.first
      return (database?["running"] as? [[String: Any]])?.first?["version"] as? Int == 2
    }
    try await pair.wait(
      "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM background_updates)", database: "shop", on: pair.standby)
    let result = try await served.stop()
    #expect(result.code == 0, "\(result)")
    try await expectAsUndisturbed(pair, shop.schema)
  }

  /// Deltas, a rise of the compat version and a completion in the foreground: the migration is begun anew at the new
  /// primary, and goes on where it was.
  @Test func aMigrationGoesOn() async throws {
    let pair = try await ReplicatedPair.start(isSynchronous: true)
    let schema = try TemporarySchema.manyDeltas()
    let shop = try await shop(pair, schema, .sockets, version: 1)
    let gate = try await gate(3000, pair.primary)
    let migration = try shop.start(["migrate"])
    try await gate.waitForSomebody()
    try await pair.failOver()
    let result = try await migration.result()
    #expect(result.code == 0, "\(result)")
    #expect(result.messages.contains("connected again"), "\(result)")
    #expect(result.output.contains("at version 3 after"), "\(result)")
    try await expectAsUndisturbed(pair, schema, command: ["migrate"])
  }

  /// A standby that lacks the last commits: rows and progress went back together.
  @Test func whatAStandbyLacksIsDoneAgain() async throws {
    let pair = try await ReplicatedPair.start(isSynchronous: false)
    let shop = try await shop(pair, .slowUpdates(), .sockets)
    let gates = [try await gate(3000, pair.primary), try await gate(4000, pair.primary)]
    let run = try shop.start(["updates", "run", "touch_orders"])
    try await gates[0].waitForSomebody()
    try await pair.standby.open().run { connection in
      try connection.execute("ALTER SYSTEM SET primary_conninfo = ''")
      try connection.execute("SELECT pg_reload_conf()")
    }
    try await pair.wait("SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM pg_stat_replication)", on: pair.primary)
    try await gates[0].open()
    try await gates[1].waitForSomebody()
    run.send(SIGSTOP)
    let reached = try await touched(pair.primary)
    try await pair.failOver()
    let kept = try await touched(pair.standby)
    #expect(kept > 2000 && kept < 3000 && reached > 3900, "\(kept), \(reached)")
    // Each row is touched once up to where the progress says, and none behind it.
    try await pair.standby.open(database: "shop").run { connection in
      let rows = try connection.queryRow(
        "SELECT min(touched), max(touched), count(*), max(id) FROM orders WHERE touched > 0")
      #expect(rows?[0] == 1 && rows?[1] == 1 && rows?[2] == rows?[3])
    }
    run.send(SIGCONT)
    let result = try await run.result()
    #expect(result.code == 0, "\(result)")
    #expect(try await shop.gradus("updates", "run").code == 0)
    try await expectAsUndisturbed(pair, shop.schema)
  }

  /// What a process leaves that dies with the primary locks nobody out: holds on updates, rows of workers, the right to
  /// migrate.
  @Test func nobodyStaysLockedOut() async throws {
    let pair = try await ReplicatedPair.start(isSynchronous: true)
    let shop = try await shop(pair, .sharedUpdates(), .sockets)
    let gate = try await gate(3000, pair.primary)
    let runs = try (0..<2).map { _ in try shop.start(["updates", "run", "--workers", "2"]) }
    try await gate.waitForSomebody()
    let endless = try TemporarySchema.endless()
    let other = try await pair.primary.makeDatabase("endless")
    let arguments = ["migrate", "--schema-root", endless.root.path, "--database"]
    #expect(try await Program.gradus.run(arguments + [other.address, "--to", "1"]).code == 0)
    let migration = try Program.gradus.start(arguments + [other.address, "--to", "2"])
    try await pair.wait(
      "SELECT 1 FROM pg_stat_activity WHERE datname = 'endless' AND query LIKE '%INSERT INTO endless%' AND pid <> pg_backend_pid()",
      on: pair.primary)
    for program in runs + [migration] { program.send(SIGKILL) }
    try await pair.failOver()
    #expect(try await shop.gradus("updates", "run").code == 0)
    try await expectAsUndisturbed(pair, shop.schema)
    try endless.write("delta/main/2/04_endless.sql", "CREATE TABLE endless (id BIGINT);")
    let rest = try await Program.gradus.run(
      arguments + [pair.database("endless").address, "--to", "2", "--lock-timeout", "0"])
    #expect(rest.code == 0, "\(rest)")
  }

  /// A server that does not come back: the run ends by itself, says what to do, and a rerun goes on.
  @Test func aRunGivesUp() async throws {
    let server = try await PostgresCluster.start()
    let schema = try TemporarySchema.slowUpdates()
    try schema.write("gradus.yaml", Self.configuration("reconnect_timeout_ms: 1000"))
    let shop = Shop(schema: schema, database: try await server.makeDatabase("shop"))
    try await #require(shop.gradus("migrate").code == 0)
    let gate = try await gate(3000, server)
    let run = try shop.start(["updates", "run"])
    try await gate.waitForSomebody()
    try await server.stop(.immediate)
    let result = try await run.result()
    #expect(result.code == 1, "\(result)")
    #expect(result.messages.contains("given up after") && result.messages.contains("run again"), "\(result)")
    try await server.start()
    #expect(try await shop.gradus("updates", "run").code == 0)
    #expect(try await shop.database.values("SELECT count(*) FROM orders WHERE touched = 1") == [6000])
  }

  // MARK: Support

  /// A shop on the pair's primary, migrated.
  private func shop(
    _ pair: ReplicatedPair, _ schema: TemporarySchema, _ address: ReplicatedPair.Address, version: Int = 2
  ) async throws -> Shop {
    _ = try await pair.primary.makeDatabase("shop")
    try schema.write("gradus.yaml", Self.configuration())
    let shop = Shop(schema: schema, database: pair.database("shop", by: address))
    let migration = try await shop.gradus("migrate", "--to", "\(version)")
    try #require(migration.code == 0, "\(migration)")
    return shop
  }

  /// Small batches without a pause, which wait at a gate for as long as it is closed.
  private static func configuration(_ more: String = "") -> String {
    """
    background_updates:
      {min_batch_size: 10, default_batch_size: 10, max_batch_size: 20, sleep_enabled: false, lock_timeout_ms: 300000,
       \(more)}
    """
  }

  private func gate(_ order: Int, _ cluster: PostgresCluster) async throws -> RowGate {
    try await RowGate.close(
      "orders", order, in: TestDatabase(at: .postgres(cluster.address(database: "shop"))))
  }

  private func touched(_ cluster: PostgresCluster) async throws -> Int64 {
    try await cluster.open(database: "shop").run {
      try $0.queryRow("SELECT count(*) FROM orders WHERE touched > 0")?[0].integer ?? 0
    }
  }

  /// Compares the database with one on which nothing went wrong.
  private func expectAsUndisturbed(
    _ pair: ReplicatedPair, _ schema: TemporarySchema, command: [String] = ["updates", "run"]
  ) async throws {
    let calm = Shop(schema: schema, database: try await pair.standby.makeDatabase("calm"))
    for arguments in [["migrate", "--to", command == ["migrate"] ? "1" : "2"], command] {
      let result = try await calm.start(arguments).result()
      #expect(result.code == 0, "\(result)")
    }
    let expected = try await DatabaseDump.lines(calm.database, withCircumstances: false)
    let lines = try await DatabaseDump.lines(
      TestDatabase(at: .postgres(pair.standby.address(database: "shop"))), withCircumstances: false)
    let difference = lines.difference(from: expected)
    #expect(difference.isEmpty, "\(difference)")
  }
}
