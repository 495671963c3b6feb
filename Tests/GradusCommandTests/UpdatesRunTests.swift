import Foundation
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// `updates run` with its options, and what it tells.
@Suite(.serialized) struct UpdatesRunTests {
  /// A named update runs with what it depends on, and nothing else.
  @Test(arguments: TestDatabase.availableEngines, [[], ["--foreground"], ["--workers", "3"]])
  func whatIsNamedRunsAlone(engine: Engine, options: [String]) async throws {
    try await Shop.with(engine, .steered()) { shop in
      try await shop.gradus("migrate")
      try await shop.database.execute("CREATE TABLE nowhere (id BIGINT)")
      let run = try await shop.start(["updates", "run", "late", "--format", "json"] + options).result()
      #expect(run.code == 0, "\(run)")
      // Several workers end in any order.
      let completed = try run.objects().last?["completed"] as? [String]
      #expect(completed?.sorted() == ["broken", "late"], "\(run)")
      #expect(try await shop.queue() == ["script", "touch"])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func severalWorkersShareTheQueue(engine: Engine) async throws {
    try await Shop.with(engine, .steered(orders: 2_000)) { shop in
      try await shop.gradus("migrate")
      try await shop.database.execute("CREATE TABLE nowhere (id BIGINT)")
      let run = try await shop.gradus("updates", "run", "--workers", "3", "--batch-size", "50")
      #expect(run.code == 0 && run.output == "completed: 4\n", "\(run)")
      #expect(try await shop.database.values("SELECT DISTINCT touched FROM orders") == [1])
      #expect(try await shop.database.values("SELECT entry FROM log ORDER BY entry") == ["late", "script"])
      #expect(try await shop.gradus("updates", "run", "--workers", "0").code == 64)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func certificatesAreListed(engine: Engine) async throws {
    try await Shop.with(engine, .steered()) { shop in
      try await shop.gradus("migrate")
      let none = try await shop.gradus("updates", "list", "--completed")
      #expect(none.code == 0 && none.output.hasSuffix("\nno completed update is certified\n"), "\(none)")
      try await shop.gradus("updates", "run", "touch")
      let list = try await shop.gradus("updates", "list", "--completed")
      #expect(list.output.contains("the whole key was walked"), "\(list)")
      let document = try await shop.gradus("updates", "list", "--completed", "--format", "json").object()
      let certificate = try #require((document["completed"] as? [[String: Any]])?.first)
      #expect(certificate["name"] as? String == "touch")
      #expect(certificate["scanned"] as? Int == 300)
      #expect(certificate["written"] as? Int == 300)
      #expect(certificate["version"] as? Int == 2)
      #expect((certificate["completed_at"] as? Int).map { $0 > 0 } == true)
      #expect((certificate["completed_by"] as? String)?.contains("pid") == true)
    }
  }

  /// What another program took off the queue is certified when an operator says so.
  @Test(arguments: TestDatabase.availableEngines)
  func whatAnotherProgramCompletedIsCertified(engine: Engine) async throws {
    try await Shop.with(engine, .steered()) { shop in
      try await shop.gradus("migrate")
      let queued = try await shop.gradus("updates", "certify", "touch")
      #expect(queued.code == 1 && queued.messages.contains("'touch' is queued"), "\(queued)")
      let misspelt = try await shop.gradus("updates", "certify", "tuch")
      #expect(misspelt.code == 1 && misspelt.messages.contains("did you mean 'touch'?"), "\(misspelt)")
      try await shop.database.execute("DELETE FROM background_updates WHERE update_name = 'touch'")
      let certified = try await shop.gradus("updates", "certify", "touch")
      #expect(certified.code == 0, "\(certified)")
      #expect(certified.output.contains("certified without a check by "), "\(certified)")
      #expect(try await shop.gradus("updates", "list", "--completed").output.contains("touch "))
    }
  }

  /// Every line is an event, and those of batches tell the rate and the time left once they are known.
  @Test(arguments: TestDatabase.availableEngines)
  func eventsTellHowFarItIs(engine: Engine) async throws {
    try await Shop.with(engine, .steered()) { shop in
      try await shop.gradus("migrate")
      let run = try await shop.gradus(
        "updates", "run", "touch", "--format", "json", "--batch-size", "10", "--batch-duration", "1",
        "--sleep", "5")
      #expect(run.code == 0, "\(run)")
      let events = try run.objects()
      #expect(events.first?["event"] as? String == "started")
      #expect(events.last?["event"] as? String == "finished")
      let batches = events.filter { $0["event"] as? String == "batch" }
      // A batch has at most twice the rows of that before it.
      #expect(batches.count >= 5, "\(run)")
      #expect(batches.allSatisfy { $0["name"] as? String == "touch" })
      let scanned = batches.compactMap { $0["scanned"] as? Int }
      #expect(scanned == scanned.sorted() && scanned.last == 300 && scanned.count == batches.count)
      for batch in batches.dropFirst(2) {
        #expect((batch["rows_per_s"] as? Double).map { $0 > 0 } == true, "\(batch)")
        let fraction = try #require(batch["fraction"] as? Double, "\(batch)")
        #expect(fraction > 0 && fraction <= 1)
      }
      for batch in batches.dropFirst(3).dropLast() {
        let least = try #require(batch["eta_min_ms"] as? Int, "\(batch)")
        let most = try #require(batch["eta_max_ms"] as? Int, "\(batch)")
        #expect(0 <= least && least <= most)
      }
      let completed = try #require(events.first { $0["event"] as? String == "completed" })
      #expect(completed["scanned"] as? Int == 300)
      #expect(completed["written"] as? Int == 300)
    }
  }

  /// Where runs fail, it is said of each database why, and nothing of what nobody has seen.
  @Test(arguments: TestDatabase.availableEngines)
  func severalDatabasesOfWhichSomeFail(engine: Engine) async throws {
    try await Shop.with(engine, .steered()) { shop in
      try await TestDatabase.withDatabase(engine) { other in
        try shop.configure(stateOn: other)
        func gradus(_ arguments: String...) async throws -> ProgramResult {
          try await Program.gradus.run(arguments, folder: shop.schema.root)
        }
        let migration = try await gradus("migrate")
        #expect(migration.code == 0, "\(migration)")
        // The queue can no longer be read.
        let spoil = "ALTER TABLE gradus_update_controls RENAME COLUMN priority TO precedence"
        try await other.execute(spoil)
        for count in [1, 0] {
          let run = try await gradus("updates", "run", "touch")
          #expect(run.code == 1, "\(run)")
          // Whether it is queued on the other, too, nobody knows.
          #expect(run.output == "master: completed: \(count)\n", "\(run)")
          #expect(run.messages.contains("error: database 'state': "), "\(run)")
        }
        try await shop.database.execute(spoil)
        let run = try await gradus("updates", "run")
        #expect(run.code == 1 && run.output.isEmpty, "\(run)")
        for database in ["master", "state"] {
          #expect(run.messages.contains("error: database '\(database)': "), "\(run)")
        }
      }
    }
  }

  /// Where there are several databases, what is told says of which, and updates of the same name are told apart.
  @Test(arguments: TestDatabase.availableEngines)
  func severalDatabases(engine: Engine) async throws {
    try await Shop.with(engine, .steered()) { shop in
      try await TestDatabase.withDatabase(engine) { other in
        try shop.schema.write(
          "gradus.yaml",
          """
          databases:
            first: {url: "\(shop.database.address)", databases: [main]}
            second: {url: "\(other.address)", databases: [state]}
          background_updates: {max_failures: 1}
          """)
        func gradus(_ arguments: String...) async throws -> ProgramResult {
          try await Program.gradus.run(arguments, folder: shop.schema.root)
        }
        let migration = try await gradus("migrate", "--format", "json")
        #expect(migration.code == 0, "\(migration)")
        let steps = try migration.objects().filter { $0["event"] as? String == "step_finished" }
        #expect(Set(steps.compactMap { $0["database"] as? String }) == ["first", "second"], "\(migration)")
        for database in [shop.database, other] {
          try await database.execute(
            "INSERT INTO background_updates (update_name, progress_json) VALUES ('foreign', '{}')")
        }
        let run = try await gradus("updates", "run", "--format", "json")
        #expect(run.code == 2, "\(run)")
        let events = try run.objects()
        #expect(events.count > 1 && events.dropLast().allSatisfy { $0["database"] is String }, "\(run)")
        let touched = events.filter { $0["name"] as? String == "touch" }
        #expect(touched.allSatisfy { $0["database"] as? String == "first" }, "\(run)")
        let results = try #require(events.last?["databases"] as? [[String: Any]], "\(run)")
        #expect(results.map { $0["database"] as? String } == ["first", "second"], "\(run)")
        let waiting = results.map { ($0["waiting"] as? [String: String] ?? [:]).keys.sorted() }
        #expect(waiting == [["broken", "foreign", "late"], ["foreign"]], "\(run)")
        let text = try await gradus("updates", "run")
        for database in ["first", "second"] {
          #expect(text.output.contains("remains: \(database): foreign: "), "\(text)")
        }
        // What one of them queues may be named.
        try await shop.database.execute("DELETE FROM background_updates WHERE update_name = 'foreign'")
        let named = try await gradus("updates", "run", "foreign")
        #expect(named.code == 2, "\(named)")
        #expect(named.output.contains("remains: second: foreign: "), "\(named)")
      }
    }
  }

  /// The first signal lets the batch end, the second does not.
  @Test(arguments: TestDatabase.availableEngines, [SIGTERM, SIGINT])
  func theSecondSignalBreaksTheBatchOff(engine: Engine, signal: Int32) async throws {
    try await Shop.with(engine, .steered()) { shop in
      try shop.schema.write(
        "delta/main/2/02_endless.updates.yaml",
        """
        updates:
          - name: endless
            kind: backfill
            table: orders
            key: id
            sql: >
              UPDATE orders SET touched = touched + (
                WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 50000)
                SELECT 1 + count(*) FROM c a, c b WHERE a.n + b.n = 7)
              WHERE {range}
        """)
      try await shop.gradus("migrate")
      let program = try shop.start(["updates", "run", "endless", "--format", "json"])
      try await Self.waitsForABatch(shop)
      program.send(signal)
      // Its statement takes much longer than any test waits.
      try await Task.sleep(for: .milliseconds(300))
      #expect(program.isRunning)
      program.send(signal)
      let result = try await program.result()
      #expect(result.code == 130, "\(result)")
      #expect(result.messages.contains("the batch or step under way was rolled back"), "\(result)")
      #expect(try await shop.queued("endless")?["parked"] == nil)
      #expect(try await shop.database.values("SELECT count(*) FROM orders WHERE touched > 0") == [0])
    }
  }

  /// Waits until another process has been in one transaction that writes for a while.
  private static func waitsForABatch(_ shop: Shop) async throws {
    let observer = try await shop.database.open()
    var seen = 0
    while seen < 10 {
      let isWriting = try await observer.run { connection in
        guard connection.engine == .sqlite else {
          return try connection.queryRow(
            """
            SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%FROM c a, c b%'
              AND pid <> pg_backend_pid() AND datname = current_database()
            """) != nil
        }
        try connection.execute("PRAGMA busy_timeout = 0")
        do {
          try connection.transaction { _ in }
          return false
        } catch let error as SQLError where error.code.isTransient {
          return true
        }
      }
      seen = isWriting ? seen + 1 : 0
      try await Task.sleep(for: .milliseconds(20))
    }
  }
}
