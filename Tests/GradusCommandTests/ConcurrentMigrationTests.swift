import Foundation
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// Several processes that migrate one database.
@Suite struct ConcurrentMigrationTests {
  /// - Returns: how many steps each of the processes did.
  private func migrateAtOnce(_ shop: Shop) async throws -> [Int] {
    let programs = try (0..<2).map { _ in try shop.start(["migrate", "--format", "json"]) }
    var steps: [Int] = []
    for program in programs {
      let result = try await program.result()
      #expect(result.code == 0, "\(result)")
      let databases = try result.objects().last?["databases"] as? [[String: Any]]
      steps.append(try #require(databases?.first?["steps"] as? Int))
    }
    return steps
  }

  @Test(arguments: TestDatabase.availableEngines)
  func oneDoesTheWorkAndTheOtherWaits(engine: Engine) async throws {
    try await Shop.with(engine, .manyDeltas()) { shop in
      let steps = try await migrateAtOnce(shop).sorted()
      #expect(steps[0] == 0 && steps[1] > 25, "\(steps)")
      #expect(try await shop.database.values("SELECT count(*) FROM log") == [24])
    }
    // Short ones meet at other moments, such as that of the first table.
    for _ in 0..<5 {
      try await Shop.with(engine) { shop in
        let steps = try await migrateAtOnce(shop).sorted()
        #expect(steps[0] == 0 && steps[1] > 5, "\(steps)")
      }
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func whoDoesNotWaitIsToldWhoMigrates(engine: Engine) async throws {
    try await Shop.with(engine, .endless()) { shop in
      // In a new database deltas share a transaction, and are told of once it is committed.
      try await shop.gradus("migrate", "--to", "1")
      let holder = try shop.start(["migrate", "--format", "json"])
      try await holder.waits(for: "apply delta/main/2/04_endless.sql")
      let result = try await shop.gradus("migrate", "--lock-timeout", "0")
      #expect(result.code == 1, "\(result)")
      #expect(result.messages.contains("error: another process has been migrating '"), "\(result)")
      #expect(!result.messages.contains("'master'"), "\(result)")
      let name = engine == .sqlite ? "gradus pid \(holder.id) on " : "gradus, server process "
      #expect(result.messages.contains(name), "\(result)")
      #expect(result.messages.contains(", since "), "\(result)")
      #expect(result.messages.contains("raise --lock-timeout"), "\(result)")
      // Its lock goes with it, however it ends.
      holder.send(SIGKILL)
      #expect(try await holder.result().code == nil)
      try shop.schema.write("delta/main/2/04_endless.sql", "CREATE TABLE endless (id BIGINT);")
      if engine == .postgres {
        // Its server process would go on with the statement for a while.
        try await shop.database.execute(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gradus' AND datname = current_database()"
        )
      }
      let next = try await shop.gradus("migrate")
      #expect(next.code == 0, "\(next)")
    }
  }

  /// Its record comes last: until then only who waits for the lock can tell that it runs, or ended half-way.
  @Test(arguments: TestDatabase.availableEngines)
  func aDeltaOutsideATransactionIsWaitedFor(engine: Engine) async throws {
    let delta = "delta/main/2/04_endless.sql"
    try await Shop.with(engine, .endless(inTransaction: false)) { shop in
      try await shop.gradus("migrate", "--to", "1")
      let holder = try shop.start(["migrate", "--to", "2", "--format", "json"])
      try await holder.waits(for: "apply \(delta)")
      // It is written down a moment later.
      while try await shop.database.values("SELECT count(*) FROM gradus_delta_attempts") == [0] {
        try await Task.sleep(for: .milliseconds(5))
      }
      let waiter = try shop.start(["migrate", "--to", "2", "--format", "json"])
      try await waiter.waits(for: "\"event\":\"waiting\"")
      for arguments in [
        ["plan", "--to", "2"], ["migrate", "--worker", "--to", "2"], ["can-rollback", "--to", "1"],
      ] {
        let look = try await shop.start(arguments).result()
        #expect(look.code != 0, "\(look)")
        #expect((look.output + look.messages).contains("is running, or was interrupted"), "\(look)")
      }
      holder.send(SIGKILL)
      #expect(try await holder.result().code == nil)
      let result = try await waiter.result()
      #expect(result.code == 1, "\(result)")
      #expect(result.messages.contains("did not get to its record"), "\(result)")
      #expect(result.messages.contains("--retry-delta 2/04_endless.sql"), "\(result)")
    }
  }
}
