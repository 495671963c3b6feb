import Foundation
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

@Suite struct CanRollbackTests {
  private func document(_ result: ProgramResult) throws -> (possible: Bool?, database: [String: Any]) {
    let object = try result.object()
    #expect(object["format"] as? Int == 1)
    return (object["possible"] as? Bool, (object["databases"] as? [[String: Any]])?.first ?? [:])
  }

  @Test(arguments: TestDatabase.availableEngines)
  func yesAndNo(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      let early = try await shop.gradus("can-rollback", "--to", "1")
      #expect(early.code == 1 && early.messages.contains("no schema yet"), "\(early)")
      try await shop.gradus("migrate", "--to", "2")
      let yes = try await shop.gradus("can-rollback", "--to", "1")
      #expect(yes.code == 0, "\(yes)")
      #expect(yes.output.contains("yes: version 1 may be put back"), "\(yes)")
      #expect(yes.output.contains("'fill_totals' came with version 2: it stays in the queue"), "\(yes)")
      #expect(yes.output.contains("does not keep totals"), "\(yes)")
      // It is as it says.
      #expect(try await shop.gradus("migrate", "--to", "1").code == 0)

      try await shop.gradus("migrate")
      let before = try await DatabaseDump.lines(shop.database, withCircumstances: false)
      let no = try await shop.gradus("can-rollback", "--to", "1", "--format", "json")
      #expect(no.code == 3, "\(no)")
      let (possible, database) = try document(no)
      #expect(possible == false)
      #expect(database["version"] as? Int == 3 && database["compat_version"] as? Int == 2)
      let refusals = database["refusals"] as? [[String: Any]]
      #expect(refusals?.map { $0["reason"] as? String } == ["compat_version"])
      #expect(try await shop.gradus("migrate", "--to", "1").code == 3)
      #expect(try await shop.gradus("can-rollback", "--to", "2").code == 0)
      #expect(try await DatabaseDump.lines(shop.database, withCircumstances: false) == before)
    }
  }

  /// The older version's tree has it, and takes it for applied.
  @Test(arguments: TestDatabase.availableEngines)
  func aDeltaThatWasMergedTooLateIsTold(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      try await shop.gradus("migrate")
      let before = try await shop.gradus("can-rollback", "--to", "2", "--format", "json")
      let none = try document(before).database["notes"] as? [[String: Any]]
      #expect(none?.isEmpty == true, "\(before)")
      try shop.schema.write("delta/main/2/04_late.sql", "CREATE TABLE late (id BIGINT PRIMARY KEY);")
      let result = try await shop.gradus("can-rollback", "--to", "2", "--format", "json")
      #expect(result.code == 0, "\(result)")
      let notes = try document(result).database["notes"] as? [[String: Any]]
      #expect(notes?.map { $0["kind"] as? String } == ["missed_delta"], "\(result)")
      #expect(notes?.first?["subject"] as? String == "delta/main/2/04_late.sql", "\(result)")
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func questionsWithoutSense(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      try await shop.gradus("migrate", "--to", "2")
      for (version, message) in [
        ("2", "no rollback"), ("3", "no rollback"), ("9", "the ledger has no version 9"),
      ] {
        let result = try await shop.gradus("can-rollback", "--to", version)
        #expect(result.code == 1 && result.messages.contains(message), "\(result)")
      }
      #expect(try await shop.gradus("can-rollback").code == 64)
    }
  }

  /// A process of the older version runs, an upgrade waits for its end behind its fence, and a newer process runs.
  @Test(arguments: TestDatabase.availableEngines)
  func aFenceAndRunningProcesses(engine: Engine) async throws {
    let schema = try TemporarySchema.shop()
    try schema.write(
      "schema/schema.yaml",
      "version: 3\ncompat_version: 2\nversions: {1: {compat: 1}, 2: {compat: 1}, 3: {compat: 2}}\n")
    try await Shop.with(engine, schema) { shop in
      try await shop.gradus("migrate", "--to", "2")
      try await shop.gradus("updates", "pause")
      func start(_ version: String) async throws -> RunningProgram {
        let program = try shop.start(
          ["updates", "run", "--to", version, "--until-done", "--format", "json"])
        try await program.waits(for: "\"event\":\"waiting\"")
        return program
      }
      let newer = try await start("2")
      let told = try await shop.gradus("can-rollback", "--to", "1")
      #expect(told.code == 0, "\(told)")
      #expect(told.output.contains("note: still runs: schema version 2: gradus"), "\(told)")
      newer.send(SIGTERM)
      _ = try await newer.result()

      let old = try await start("1")
      let migration = try shop.start(["migrate", "--fence-timeout", "100", "--format", "json"])
      try await migration.waits(for: "\"event\":\"versions_running\"")
      let fenced = try await shop.gradus("can-rollback", "--to", "1", "--format", "json")
      #expect(fenced.code == 3, "\(fenced)")
      let refusals = try document(fenced).database["refusals"] as? [[String: Any]]
      #expect(refusals?.map { $0["reason"] as? String } == ["fence"], "\(fenced)")
      migration.send(SIGKILL)
      _ = try await migration.result()
      let free = try await shop.gradus("can-rollback", "--to", "1")
      #expect(free.code == 0, "\(free)")
      old.send(SIGTERM)
      _ = try await old.result()
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func anUpdateThatIsBeingWorkedOnIsTold(engine: Engine) async throws {
    try await Shop.with(engine, .steeredAndShown()) { shop in
      try await shop.gradus("migrate")
      let program = try shop.start([
        "updates", "run", "touch", "--format", "json", "--sleep", "500", "--batch-size", "10",
      ])
      try await program.waits(for: "\"event\":\"batch\"")
      // It is there, and does not get on.
      program.send(SIGSTOP)
      let result = try await shop.gradus("can-rollback", "--to", "1", "--format", "json")
      let notes = try document(result).database["notes"] as? [[String: Any]] ?? []
      let running = notes.filter { $0["kind"] as? String == "running_update" }
      #expect(running.map { $0["subject"] as? String } == ["touch"], "\(result)")
      program.send(SIGKILL)
      _ = try await program.result()
    }
  }

  /// One that refuses is enough.
  @Test func severalDatabases() async throws {
    let schema = try TemporarySchema.shop()
    try await Shop.with(.sqlite, schema) { shop in
      try await TestDatabase.withDatabase(.sqlite) { other in
        let configuration = schema.root.appending(path: "gradus.yaml").path
        try schema.write(
          "gradus.yaml",
          """
          databases:
            first: {url: "\(shop.database.address)", databases: [main]}
            second: {url: "\(other.address)", databases: [state]}
          """)
        func gradus(_ arguments: String...) async throws -> ProgramResult {
          try await Program.gradus.run(
            arguments + ["--config", configuration, "--schema-root", schema.root.path])
        }
        _ = try await gradus("migrate", "--to", "2")
        let yes = try await gradus("can-rollback", "--to", "1")
        #expect(yes.code == 0 && yes.output.components(separatedBy: "yes: version 1").count == 3, "\(yes)")
        // The derived tables are in the first one only.
        #expect(yes.output.components(separatedBy: "does not keep totals").count == 2, "\(yes)")
        // As where an upgrade ends before its turn comes.
        try await other.execute("UPDATE schema_version SET version = 1")
        let half = try await gradus("can-rollback", "--to", "1")
        #expect(
          half.code == 0 && half.output.components(separatedBy: "yes: version 1").count == 3, "\(half)")
        try await other.execute("UPDATE schema_compat_version SET compat_version = 2")
        let no = try await gradus("can-rollback", "--to", "1")
        #expect(
          no.code == 3 && no.output.contains("yes: version 1") && no.output.contains("no: version 1"), "\(no)"
        )
      }
    }
  }
}
